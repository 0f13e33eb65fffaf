import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Calls that wait until somebody signs in to their server. */
export class SignInsOfCalls1763703201000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table input_requests add server_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from input_requests where kind = 'sign_in'`);
    await runner.query('alter table input_requests drop server_id');
  }
}
