import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What may become a server: entries of the whole instance, and the packages that it may run. */
export class Catalogue1763702500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // json, not jsonb: a document is given back as it came. One that is removed stays, or the next start would bring it back.
    await runner.query(`
      create table services (
        id text primary key,
        name text not null constraint services_name unique,
        title text not null,
        description text not null,
        version text not null,
        server_json json not null,
        source text not null constraint services_source check (source in ('curated', 'document', 'url')),
        source_url text,
        enabled boolean not null default true,
        edited boolean not null default false,
        removed boolean not null default false,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null
      )`);
    await runner.query(`
      create table listed_packages (
        id text primary key,
        name text not null,
        version text not null,
        listed_by text references users (id) on delete set null,
        listed_at timestamptz(3) not null,
        constraint listed_packages_name unique (name, version)
      )`);
    await runner.query('alter table servers add service_id text references services (id) on delete set null');
    await runner.query('create index servers_service on servers (service_id) where service_id is not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table servers drop service_id');
    await runner.query('drop table listed_packages');
    await runner.query('drop table services');
  }
}
