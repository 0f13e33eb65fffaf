import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Sessions1763700003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sessions (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        user_id text not null references users (id) on delete cascade,
        server_id text not null,
        title text not null,
        titled_by_user boolean not null default false,
        first_seq bigint not null default 1,
        last_seq bigint not null default 0,
        next_node integer not null default 1,
        context_tokens integer not null default 0,
        created_at timestamptz not null,
        updated_at timestamptz not null
      )`);
    await runner.query('create index sessions_of_user on sessions (user_id, created_at desc, id desc)');
    await runner.query('create index sessions_of_server on sessions (server_id)');
    // json, not jsonb: an event is given back as it was written, and is never searched by content.
    await runner.query(`
      create table session_events (
        session_id text not null references sessions (id) on delete cascade,
        seq bigint not null,
        id text not null,
        type text not null,
        payload json not null,
        ts timestamptz not null,
        primary key (session_id, seq)
      )`);
    await runner.query(`
      create table socket_tickets (
        ticket_hash text primary key,
        user_id text not null references users (id) on delete cascade,
        server_id text not null,
        principal json not null,
        expires_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table socket_tickets, session_events, sessions');
  }
}
