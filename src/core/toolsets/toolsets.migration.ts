import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Named selections of tools, and how an organization shows tools to clients. */
export class Toolsets1763703300020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table toolsets (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        name text not null,
        handle text not null,
        description text not null,
        presentation text not null check (presentation in ('definitions', 'search')),
        entries jsonb not null,
        audience jsonb,
        created_by text references users (id) on delete set null,
        created_at timestamptz(3) not null,
        updated_by text references users (id) on delete set null,
        updated_at timestamptz(3) not null,
        constraint toolsets_handle unique (organization_id, handle)
      )`);
    await runner.query(`
      create table gateway_settings (
        organization_id text primary key references organizations (id) on delete cascade,
        presentation text not null check (presentation in ('definitions', 'search'))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table gateway_settings, toolsets');
  }
}
