import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Clients that nobody let in are bounded, of one address and of all. */
export class UnusedClients1763703400120 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index oauth_clients_unused_idx on oauth_clients (registered_at) where used_at is null');
    await runner.query(
      'create index oauth_clients_unused_of_one_idx on oauth_clients (registered_from, registered_at) where used_at is null',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index oauth_clients_unused_idx, oauth_clients_unused_of_one_idx');
  }
}
