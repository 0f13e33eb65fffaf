import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files whose bytes are written, or begun, and that no outcome has taken yet. */
export class UnrecordedArtifacts1763700405000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table unrecorded_artifacts (id text primary key, begun_at timestamptz not null)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table unrecorded_artifacts');
  }
}
