import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the author of a plan called each node: a model finds the outcomes of its own calls by it. */
export class NodeKeys1763700007100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table plan_nodes add column key text');
    await runner.query('update plan_nodes set key = id');
    await runner.query('alter table plan_nodes alter column key set not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table plan_nodes drop column key');
  }
}
