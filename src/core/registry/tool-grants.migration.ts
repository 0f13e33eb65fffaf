import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may call a tool, of those who may use its server. */
export class ToolGrants1763703300010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table tool_states
        add least_role text constraint tool_states_least_role
          check (least_role in ('owner', 'admin', 'developer', 'viewer')),
        add by_name boolean not null default false`);
    await runner.query(`
      create table tool_callers (
        server_id text not null,
        tool text not null,
        user_id text not null references users (id) on delete cascade,
        granted_by text references users (id) on delete set null,
        created_at timestamptz(3) not null,
        primary key (server_id, tool, user_id),
        foreign key (server_id, tool) references tool_states (server_id, name) on delete cascade
      )`);
    await runner.query('create index tool_callers_user_idx on tool_callers (user_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table tool_callers');
    await runner.query('alter table tool_states drop least_role, drop by_name');
  }
}
