import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people gave to clients: programs of others that speak for them, in one organization, at one resource. */
export class ClientGrants1763703100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table client_grants (
        id text primary key,
        user_id text not null references users (id) on delete cascade,
        organization_id text not null references organizations (id) on delete cascade,
        client_id text not null,
        client_name text not null,
        redirect_uri text not null,
        resource text not null,
        scopes text[] not null,
        created_at timestamptz(3) not null,
        renewed_at timestamptz(3) not null,
        last_used_at timestamptz(3),
        last_used_ip text,
        revoked_at timestamptz(3),
        revoked_because text
      )`);
    await runner.query('create index client_grants_user_idx on client_grants (user_id, created_at)');
    await runner.query('create index client_grants_organization_idx on client_grants (organization_id, user_id)');
    await runner.query('create index client_grants_client_idx on client_grants (client_id)');
    await runner.query('create index client_grants_renewed_idx on client_grants (renewed_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table client_grants');
  }
}
