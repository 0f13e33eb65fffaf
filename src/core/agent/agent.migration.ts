import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Agent1763700008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table turns (
        id text primary key,
        session_id text not null references sessions (id) on delete cascade,
        text text,
        client_msg_id text,
        status text not null,
        graphs integer not null default 0,
        tokens integer not null default 0,
        claim text,
        created_at timestamptz not null,
        started_at timestamptz,
        finished_at timestamptz
      )`);
    await runner.query('create index turns_of_session on turns (session_id, created_at, id)');
    await runner.query(
      'create unique index turns_by_client_message on turns (session_id, client_msg_id) where client_msg_id is not null',
    );
    await runner.query(`
      create table agent_replies (
        id text primary key,
        session_id text not null references sessions (id) on delete cascade,
        turn_id text not null references turns (id) on delete cascade,
        plan_id text,
        text text not null,
        provider_state json,
        created_at timestamptz not null
      )`);
    await runner.query('create index agent_replies_of_session on agent_replies (session_id, created_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table agent_replies, turns');
  }
}
