import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Approvals1763700005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table approval_grants (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        user_id text not null references users (id) on delete cascade,
        session_id text references sessions (id) on delete cascade,
        server_id text not null,
        tool text,
        pin text,
        created_at timestamptz not null
      )`);
    await runner.query('create index approval_grants_of_server on approval_grants (organization_id, server_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table approval_grants');
  }
}
