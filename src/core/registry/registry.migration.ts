import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Registry1763700002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table servers (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        name text not null,
        url text not null,
        transport text not null,
        auth_method text not null,
        credentials text,
        account_version integer not null default 1,
        timeout_seconds integer not null,
        ssl_verify boolean not null,
        approval_policy text not null,
        status text not null,
        status_reason text,
        latency_ms integer,
        last_checked_at timestamptz,
        protocol_version text,
        protocol_era text,
        server_info json,
        failures integer not null default 0,
        tool_count integer,
        resource_count integer,
        prompt_count integer,
        demo boolean not null default false,
        created_at timestamptz not null,
        updated_at timestamptz not null
      )`);
    await runner.query('create unique index servers_name on servers (organization_id, lower(name))');
    await runner.query('create unique index servers_demo on servers (organization_id) where demo');
    await runner.query('create index servers_of_organization on servers (organization_id, created_at, id)');
    // json, not jsonb: a definition is given back as the upstream wrote it.
    await runner.query(`
      create table tool_snapshots (
        server_id text not null references servers (id) on delete cascade,
        name text not null,
        pin text not null,
        definition json not null,
        ordinal integer not null,
        seen_at timestamptz not null,
        primary key (server_id, name)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table tool_snapshots, servers');
  }
}
