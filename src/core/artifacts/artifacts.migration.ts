import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Artifacts1763700004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table artifacts (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        user_id text not null references users (id) on delete cascade,
        session_id text references sessions (id) on delete cascade,
        plan_id text,
        node_id text,
        server_id text,
        tool text,
        name text not null,
        content_type text not null,
        size bigint not null,
        sha256 text not null,
        created_at timestamptz not null
      )`);
    await runner.query('create index artifacts_of_session on artifacts (session_id, created_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table artifacts');
  }
}
