import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Identity1763700001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table users (
        id text primary key,
        email text not null constraint users_email_key unique,
        username text not null,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null
      )`);
    await runner.query(`create index users_username_idx on users (username)`);
    await runner.query(`
      create table organizations (
        id text primary key,
        name text not null,
        created_at timestamptz(3) not null
      )`);
    await runner.query(`
      create table memberships (
        organization_id text not null references organizations (id) on delete cascade,
        user_id text not null references users (id) on delete cascade,
        role text not null check (role in ('owner', 'admin', 'developer', 'viewer')),
        created_at timestamptz(3) not null,
        primary key (organization_id, user_id)
      )`);
    await runner.query(`create index memberships_user_idx on memberships (user_id)`);
    await runner.query(`
      create table one_time_codes (
        id text primary key,
        email text not null,
        ip_window text not null,
        salt text not null,
        code_hash text not null,
        attempts int not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        used_at timestamptz(3)
      )`);
    await runner.query(`create index one_time_codes_newest_idx on one_time_codes (email, created_at desc, id desc)`);
    await runner.query(`create index one_time_codes_created_idx on one_time_codes (created_at)`);
    await runner.query(`
      create table refresh_families (
        id text primary key,
        user_id text not null references users (id) on delete cascade,
        organization_id text not null references organizations (id) on delete cascade,
        device_fingerprint text,
        ip text not null,
        user_agent text,
        created_at timestamptz(3) not null,
        last_used_at timestamptz(3) not null,
        revoked_at timestamptz(3),
        revoked_because text
      )`);
    await runner.query(`create index refresh_families_user_idx on refresh_families (user_id)`);
    await runner.query(`
      create table refresh_tokens (
        hash text primary key,
        family_id text not null references refresh_families (id) on delete cascade,
        successor_seed text not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        used_at timestamptz(3)
      )`);
    await runner.query(`create index refresh_tokens_family_idx on refresh_tokens (family_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table refresh_tokens, refresh_families, one_time_codes, memberships, organizations, users',
    );
  }
}
