import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is remembered may be bound to arguments, a count and a time, and is bound to the account of its server. */
export class ScopedGrants1763702400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table approval_grants
        add column account_version integer,
        add column match json,
        add column max_uses integer check (max_uses > 0),
        add column uses integer not null default 0,
        add column expires_at timestamptz(3),
        add column last_used_at timestamptz(3),
        add column granted_by text references users (id) on delete set null,
        add constraint approval_grants_uses_check check (max_uses is null or uses <= max_uses)`);
    // Those from before count for the account that the server has now; of servers that are gone nothing is allowed.
    await runner.query(
      'delete from approval_grants g where not exists (select from servers s where s.id = g.server_id)',
    );
    await runner.query(
      `update approval_grants g set account_version = s.account_version, granted_by = g.user_id
       from servers s where s.id = g.server_id`,
    );
    await runner.query(`
      alter table approval_grants
        alter column account_version set not null,
        add foreign key (server_id) references servers (id) on delete cascade`);
    await runner.query('create index approval_grants_user_idx on approval_grants (user_id, organization_id)');
    await runner.query(
      'create index approval_grants_expiry_idx on approval_grants (expires_at) where expires_at is not null',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index approval_grants_user_idx');
    await runner.query(`
      alter table approval_grants drop constraint approval_grants_server_id_fkey,
        drop column account_version, drop column match, drop column max_uses, drop column uses, drop column expires_at,
        drop column last_used_at, drop column granted_by`);
  }
}
