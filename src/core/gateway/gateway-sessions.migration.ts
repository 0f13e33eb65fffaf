import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions of MCP clients before the revision of 2026-07-28: any process may serve one. */
export class GatewaySessions1763703021000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table gateway_sessions (
        id text primary key,
        owner text not null,
        session jsonb not null,
        created_at timestamptz not null,
        last_used_at timestamptz not null
      )`);
    await runner.query('create index gateway_sessions_by_use on gateway_sessions (last_used_at)');
    await runner.query('create index gateway_sessions_by_owner on gateway_sessions (owner, last_used_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table gateway_sessions');
  }
}
