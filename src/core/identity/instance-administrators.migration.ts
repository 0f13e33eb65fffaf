import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sign-in page asks each time whether there is one. */
export class InstanceAdministrators1763701201000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index users_instance_administrator_idx on users (id) where instance_administrator');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index users_instance_administrator_idx');
  }
}
