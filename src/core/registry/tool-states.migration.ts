import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far each tool is trusted, and every definition that it had. */
export class ToolStates1763702300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table tool_states (
        id text primary key,
        server_id text not null references servers (id) on delete cascade,
        name text not null,
        state text not null check (state in ('approved', 'first_seen', 'new', 'changed', 'rejected')),
        pin text not null,
        present boolean not null default true,
        renamed_from text,
        approval_policy text,
        approval_id text,
        changed_at timestamptz(3) not null,
        unique (server_id, name)
      )`);
    await runner.query(`
      create table tool_versions (
        server_id text not null,
        tool text not null,
        number integer not null,
        pin text not null,
        definition json not null,
        status text not null
          check (status in ('approved', 'first_seen', 'new', 'changed', 'rejected', 'revoked', 'void')),
        first_seen_at timestamptz(3) not null,
        decided_at timestamptz(3),
        decided_by text references users (id) on delete set null,
        decided_by_name text,
        reason text,
        primary key (server_id, tool, number),
        unique (server_id, tool, pin),
        foreign key (server_id, tool) references tool_states (server_id, name) on delete cascade
      )`);
    // What is known already was there before anybody could decide on it.
    await runner.query(`
      insert into tool_states (id, server_id, name, state, pin, changed_at)
      select 'tool_' || replace(gen_random_uuid()::text, '-', ''), server_id, name, 'first_seen', pin, seen_at
      from tool_snapshots`);
    await runner.query(`
      insert into tool_versions (server_id, tool, number, pin, definition, status, first_seen_at)
      select server_id, name, 1, pin, definition, 'first_seen', seen_at from tool_snapshots`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table tool_versions, tool_states');
  }
}
