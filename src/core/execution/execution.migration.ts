import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Execution1763700006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table request_log (
        id text primary key,
        organization_id text not null,
        user_id text not null,
        session_id text,
        node_id text,
        server_id text not null,
        tool text not null,
        pin text not null,
        status text not null,
        error_code text,
        request_bytes integer not null,
        response_bytes integer not null,
        artifacts integer not null,
        duration_ms integer not null,
        started_at timestamptz not null
      )`);
    await runner.query('create index request_log_of_organization on request_log (organization_id, started_at desc)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table request_log');
  }
}
