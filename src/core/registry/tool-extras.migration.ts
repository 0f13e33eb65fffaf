import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Icons and whatever else of a definition decides nothing, for those who hand it on. */
export class ToolExtras1763703020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table tool_snapshots add column extras jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table tool_snapshots drop column extras');
  }
}
