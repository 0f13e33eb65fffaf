import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What NOTIFY does not carry, for a moment: a crash of the database may take it, as it takes any hint. */
export class LargeHints1763703400110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create unlogged table large_hints (
        id text primary key,
        text text not null,
        created_at timestamptz not null default now()
      )`);
    await runner.query('create index large_hints_by_age on large_hints (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table large_hints');
  }
}
