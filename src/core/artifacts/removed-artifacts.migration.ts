import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the bytes were removed, since they were kept long enough; what the file was is still told. */
export class RemovedArtifacts1763700402000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table artifacts add column removed_at timestamptz');
    await runner.query('create index artifacts_by_age on artifacts (created_at) where removed_at is null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index artifacts_by_age');
    await runner.query('alter table artifacts drop column removed_at');
  }
}
