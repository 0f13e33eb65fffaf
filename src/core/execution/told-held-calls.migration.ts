import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether who asked, and asked again, was told what became of a call. */
export class ToldHeldCalls1763703022000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table held_calls add column told_at timestamptz(3)');
    await runner.query(
      `create index held_calls_untold_idx on held_calls (user_id, server_id, tool) where door = 'gateway' and told_at is null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index held_calls_untold_idx');
    await runner.query('alter table held_calls drop column told_at');
  }
}
