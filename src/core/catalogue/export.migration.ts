import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What signs files of servers here, and whose signatures an organization has met. */
export class ServerFiles1763702600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table export_keys (
        id text primary key,
        public_key text not null,
        private_key text not null,
        created_at timestamptz(3) not null
      )`);
    await runner.query(`
      create table known_exporters (
        organization_id text not null references organizations (id) on delete cascade,
        key_id text not null,
        first_seen_at timestamptz(3) not null,
        primary key (organization_id, key_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table known_exporters, export_keys');
  }
}
