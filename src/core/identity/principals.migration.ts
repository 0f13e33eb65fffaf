import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passwords, cookies, keys, links by mail, invitations: all that a principal can come from. */
export class Principals1763701000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table users
        add first_name text,
        add last_name text,
        add password_hash text,
        add password_changed_at timestamptz(3),
        add instance_administrator boolean not null default false,
        add last_login_at timestamptz(3),
        add last_organization_id text`);
    // Null: the plan that the settings name.
    await runner.query('alter table organizations add plan text');
    await runner.query(`
      alter table refresh_families
        add kind text not null default 'tokens' constraint refresh_families_kind check (kind in ('tokens', 'cookie')),
        add cookie_hash text constraint refresh_families_cookie unique,
        add last_ip text`);
    await runner.query(`
      create table api_keys (
        id text primary key,
        user_id text not null references users (id) on delete cascade,
        organization_id text not null references organizations (id) on delete cascade,
        name text not null,
        hash text not null constraint api_keys_hash unique,
        hint text not null,
        scopes text[] not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3),
        last_used_at timestamptz(3),
        last_used_ip text,
        revoked_at timestamptz(3),
        revoked_because text
      )`);
    await runner.query('create index api_keys_user_idx on api_keys (user_id, created_at)');
    await runner.query('create index api_keys_organization_idx on api_keys (organization_id)');
    await runner.query(`
      create table mail_links (
        id text primary key,
        purpose text not null,
        email text not null,
        token_hash text not null constraint mail_links_token unique,
        details jsonb,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        used_at timestamptz(3)
      )`);
    await runner.query('create index mail_links_email_idx on mail_links (email, purpose, created_at desc)');
    await runner.query('create index mail_links_created_idx on mail_links (created_at)');
    await runner.query(`
      create table password_attempts (
        email text primary key,
        failures int not null,
        since timestamptz(3) not null
      )`);
    await runner.query('create index password_attempts_since_idx on password_attempts (since)');
    await runner.query(`
      create table invitations (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        email text not null,
        role text not null check (role in ('owner', 'admin', 'developer', 'viewer')),
        token_hash text not null constraint invitations_token unique,
        invited_by text references users (id) on delete set null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        ended_at timestamptz(3),
        ended_because text check (ended_because in ('accepted', 'declined', 'revoked', 'replaced'))
      )`);
    await runner.query(
      'create unique index invitations_open_idx on invitations (organization_id, email) where ended_at is null',
    );
    await runner.query('create index invitations_email_idx on invitations (email) where ended_at is null');
    await runner.query(`
      create table organization_days (
        organization_id text not null references organizations (id) on delete cascade,
        day date not null,
        requests bigint not null,
        primary key (organization_id, day)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table organization_days, invitations, password_attempts, mail_links, api_keys');
    await runner.query('alter table refresh_families drop kind, drop cookie_hash, drop last_ip');
    await runner.query('alter table organizations drop plan');
    await runner.query(`
      alter table users drop first_name, drop last_name, drop password_hash, drop password_changed_at,
        drop instance_administrator, drop last_login_at, drop last_organization_id`);
  }
}
