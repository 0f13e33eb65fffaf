import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The authorization server: who asks, what was agreed to, what is on its way, and the keys that sign. */
export class OAuth1763703100001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Of a confidential client the metadata hold a hash of the secret.
    await runner.query(`
      create table oauth_clients (
        id text primary key,
        metadata jsonb not null,
        registered_at timestamptz(3) not null,
        registered_from text,
        used_at timestamptz(3)
      )`);
    await runner.query('create index oauth_clients_idle_idx on oauth_clients (coalesce(used_at, registered_at))');
    // Codes, refresh tokens and interactions: by the hash of what only their bearer knows.
    await runner.query(`
      create table oauth_records (
        kind text not null,
        id_hash text not null,
        payload jsonb not null,
        grant_id text,
        expires_at timestamptz(3) not null,
        consumed_at timestamptz(3),
        primary key (kind, id_hash)
      )`);
    await runner.query('create index oauth_records_grant_idx on oauth_records (grant_id) where grant_id is not null');
    await runner.query('create index oauth_records_expires_idx on oauth_records (expires_at)');
    await runner.query(`
      create table oauth_consents (
        user_id text not null references users (id) on delete cascade,
        organization_id text not null references organizations (id) on delete cascade,
        client_id text not null,
        resource text not null,
        redirect_target text not null,
        scopes text[] not null,
        given_at timestamptz(3) not null,
        primary key (user_id, organization_id, client_id, resource, redirect_target)
      )`);
    await runner.query('create index oauth_consents_client_idx on oauth_consents (client_id)');
    await runner.query('create index oauth_consents_organization_idx on oauth_consents (organization_id)');
    await runner.query(`
      create table oauth_signing_keys (
        kid text primary key,
        public_jwk jsonb not null,
        sealed_private_jwk text not null,
        created_at timestamptz(3) not null,
        activates_at timestamptz(3) not null,
        retires_at timestamptz(3)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table oauth_signing_keys, oauth_consents, oauth_records, oauth_clients');
  }
}
