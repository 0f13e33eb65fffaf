import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tasks that wait already get a line; who is mailed about what waits, and the links in those mails. */
export class Inbox1763702401000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table approval_requests add column decision_id text');
    await runner.query(
      `create index approval_requests_decided_idx on approval_requests (organization_id, decided_at desc) where status <> 'pending'`,
    );
    await runner.query(`
      insert into approval_requests (id, organization_id, kind, title, why, server_id, server_name, tool, pin, risk, arguments,
        requested_by, requested_by_name, door, session_id, plan_id, node_id, created_at)
      select 'apr_' || replace(gen_random_uuid()::text, '-', ''), s.organization_id, 'node', n.title,
        coalesce(n.cause, 'its plan waits for a decision'), n.server_id, n.server_name, n.tool, n.pin, n.risk, n.arguments,
        u.id, u.username, 'session', n.session_id, n.plan_id, n.id, p.created_at
      from plan_nodes n
      join plans p on p.id = n.plan_id
      join sessions s on s.id = n.session_id
      join users u on u.id = s.user_id
      join servers on servers.id = n.server_id
      where n.status = 'pending'`);
    await runner.query(`
      create table approval_mail_wishes (
        user_id text primary key references users (id) on delete cascade,
        wish text not null check (wish in ('none', 'own', 'all')),
        mailed_at timestamptz(3)
      )`);
    // What is to be in somebody's next mail.
    await runner.query(`
      create table approval_mails (
        user_id text not null references users (id) on delete cascade,
        approval_id text not null references approval_requests (id) on delete cascade,
        created_at timestamptz(3) not null,
        mailed_at timestamptz(3),
        primary key (user_id, approval_id)
      )`);
    await runner.query('create index approval_mails_approval_idx on approval_mails (approval_id)');
    await runner.query(`
      create table approval_links (
        token_hash text primary key,
        approval_id text not null references approval_requests (id) on delete cascade,
        user_id text not null references users (id) on delete cascade,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        used_at timestamptz(3)
      )`);
    await runner.query('create index approval_links_approval_idx on approval_links (approval_id)');
    await runner.query('create index approval_links_expiry_idx on approval_links (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table approval_links, approval_mails, approval_mail_wishes');
    await runner.query(`delete from approval_requests where kind = 'node' and status = 'pending'`);
    await runner.query('drop index approval_requests_decided_idx');
    await runner.query('alter table approval_requests drop column decision_id');
  }
}
