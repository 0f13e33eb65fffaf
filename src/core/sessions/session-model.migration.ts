import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SessionModel1763700201000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table sessions add column model text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table sessions drop column model');
  }
}
