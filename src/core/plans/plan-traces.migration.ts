import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where the trace of a plan goes on, in whichever process its calls are made. */
export class PlanTraces1763700500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table plans add column trace text');
    // What waits for people is counted at each scrape.
    await runner.query(`create index plan_nodes_pending on plan_nodes (plan_id) where status = 'pending'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index plan_nodes_pending');
    await runner.query('alter table plans drop column trace');
  }
}
