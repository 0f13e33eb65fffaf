import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a server may ask of the clients behind us. */
export class ClientFeatures1763703023000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table servers add column client_features text[] not null default '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table servers drop column client_features');
  }
}
