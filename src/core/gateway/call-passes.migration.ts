import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What let calls go on after a question of their server, once it has done so. */
export class CallPasses1763703400010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table used_call_passes (id text primary key, used_at timestamptz not null)');
    await runner.query('create index used_call_passes_by_age on used_call_passes (used_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table used_call_passes');
  }
}
