import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LatestListings1763702800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table servers add column tools_listed_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table servers drop column tools_listed_at');
  }
}
