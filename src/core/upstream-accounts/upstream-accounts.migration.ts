import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts at servers that ask for OAuth, who we are at their authorization servers, and sign-ins under way. */
export class UpstreamAccounts1763703200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table servers add oauth json');
    await runner.query(`
      create table upstream_accounts (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        server_id text not null references servers (id) on delete cascade,
        user_id text references users (id) on delete cascade,
        account_version integer not null,
        status text not null check (status in ('connected', 'needs_sign_in')),
        reason text,
        issuer text not null,
        agreement text not null,
        tokens text,
        version integer not null,
        expires_at timestamptz(3),
        wanted_scopes text[] not null default '{}',
        claim text,
        claimed_until timestamptz(3),
        connected_by text references users (id) on delete set null,
        connected_at timestamptz(3) not null,
        refreshed_at timestamptz(3),
        last_used_at timestamptz(3)
      )`);
    await runner.query(
      `create unique index upstream_accounts_owner_idx on upstream_accounts (server_id, coalesce(user_id, ''))`,
    );
    await runner.query('create index upstream_accounts_user_idx on upstream_accounts (user_id)');
    await runner.query(`
      create table upstream_clients (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        server_id text not null references servers (id) on delete cascade,
        account_version integer not null,
        issuer text not null,
        client text not null,
        created_at timestamptz(3) not null,
        unique (server_id, issuer)
      )`);
    await runner.query(`
      create table upstream_sign_ins (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        server_id text not null references servers (id) on delete cascade,
        user_id text not null references users (id) on delete cascade,
        account_version integer not null,
        state_hash text not null unique,
        browser_hash text not null,
        begun text not null,
        expires_at timestamptz(3) not null
      )`);
    await runner.query('create index upstream_sign_ins_server_idx on upstream_sign_ins (server_id)');
    await runner.query('create index upstream_sign_ins_expiry_idx on upstream_sign_ins (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['upstream_sign_ins', 'upstream_clients', 'upstream_accounts']) {
      await runner.query(`drop table ${table}`);
    }
    await runner.query('alter table servers drop oauth');
  }
}
