import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who in an organization may see, use or manage a server. */
export class ServerGrants1763701001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table servers
        add created_by text references users (id) on delete set null,
        add access text not null default 'organization'
          constraint servers_access check (access in ('organization', 'restricted'))`);
    await runner.query(`
      create table server_grants (
        server_id text not null references servers (id) on delete cascade,
        user_id text not null references users (id) on delete cascade,
        level text not null check (level in ('see', 'use', 'manage')),
        granted_by text references users (id) on delete set null,
        created_at timestamptz(3) not null,
        primary key (server_id, user_id)
      )`);
    await runner.query('create index server_grants_user_idx on server_grants (user_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table server_grants');
    await runner.query('alter table servers drop created_by, drop access');
  }
}
