import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Calls that wait, or waited, for a person: exactly what is to be sent, and what came of it. */
export class HeldCalls1763702100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // json: arguments and answers stay as they were written.
    await runner.query(`
      create table held_calls (
        approval_id text primary key references approval_requests (id) on delete cascade,
        organization_id text not null references organizations (id) on delete cascade,
        user_id text not null references users (id) on delete cascade,
        username text not null,
        via text not null,
        credential_id text not null,
        door text not null,
        server_id text not null references servers (id) on delete cascade,
        tool text not null,
        pin text not null,
        account_version integer not null,
        repeatable boolean not null,
        arguments json not null,
        timeout_ms integer,
        ip text,
        user_agent text,
        request_id text,
        log_id text not null,
        state text not null default 'held' check (state in ('held', 'queued', 'running', 'finished')),
        claim text,
        answer json,
        created_at timestamptz(3) not null,
        begun_at timestamptz(3),
        finished_at timestamptz(3)
      )`);
    await runner.query('create index held_calls_open_idx on held_calls (user_id) where finished_at is null');
    await runner.query('create index held_calls_created_idx on held_calls (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table held_calls');
  }
}
