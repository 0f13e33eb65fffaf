import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the sweep: rows come in the order of time, so that a few pages of ranges do. */
export class RequestsByAge1763700404000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index request_log_by_age on request_log using brin (started_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index request_log_by_age');
  }
}
