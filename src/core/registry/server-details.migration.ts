import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What programs say of a server when they register it. */
export class ServerDetails1763701300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table servers
        add description text,
        add request_headers json not null default '{}',
        add secret_id text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table servers drop description, drop request_headers, drop secret_id');
  }
}
