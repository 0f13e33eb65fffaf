import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A plan that is run again from a node: which node stands for which, and what only a person may approve. */
export class Reruns1763700601000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table plan_nodes add column reused_from text');
    await runner.query('alter table plan_nodes add column rerun_of text');
    await runner.query('alter table plan_nodes add column needs_person boolean not null default false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'alter table plan_nodes drop column reused_from, drop column rerun_of, drop column needs_person',
    );
  }
}
