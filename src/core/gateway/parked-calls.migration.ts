import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Calls whose server asked something, while their client was let go to find the answer. */
export class ParkedCalls1763703024000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table parked_calls (
        id text primary key,
        round integer not null,
        questions json not null,
        answers json,
        reply json,
        alive_until timestamptz not null,
        created_at timestamptz not null
      )`);
    await runner.query('create index parked_calls_by_age on parked_calls (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table parked_calls');
  }
}
