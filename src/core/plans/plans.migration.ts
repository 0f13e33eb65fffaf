import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Plans1763700007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table plans (
        id text primary key,
        session_id text not null references sessions (id) on delete cascade,
        turn_id text not null,
        revision integer not null,
        status text not null,
        title text not null,
        created_at timestamptz not null,
        finished_at timestamptz
      )`);
    await runner.query('create index plans_of_session on plans (session_id, created_at)');
    await runner.query(`
      create table plan_nodes (
        session_id text not null references sessions (id) on delete cascade,
        id text not null,
        plan_id text not null references plans (id) on delete cascade,
        ordinal integer not null,
        title text not null,
        tool text not null,
        server_id text not null,
        server_name text not null,
        pin text not null,
        arguments json not null,
        depends_on text[] not null,
        risk json not null,
        x integer not null,
        y integer not null,
        status text not null,
        attempt integer not null default 0,
        queued_attempt integer not null default 0,
        claim text,
        stop_requested boolean not null default false,
        approval json,
        auto_rule text,
        edited boolean not null default false,
        timeout_seconds integer,
        started_at timestamptz,
        finished_at timestamptz,
        cause text,
        error json,
        result json,
        output json,
        primary key (session_id, id)
      )`);
    await runner.query('create index plan_nodes_of_plan on plan_nodes (plan_id, ordinal)');
    // The effect ledger: a row before each call that may change something, closed by its outcome.
    await runner.query(`
      create table plan_effects (
        session_id text not null,
        node_id text not null,
        attempt integer not null,
        arguments_hash text not null,
        intended_at timestamptz not null,
        outcome text,
        settled_at timestamptz,
        primary key (session_id, node_id, attempt),
        foreign key (session_id, node_id) references plan_nodes (session_id, id) on delete cascade
      )`);
    await runner.query(`
      create table plan_decisions (
        session_id text not null references sessions (id) on delete cascade,
        decision_id text not null,
        user_id text not null,
        decided_at timestamptz not null,
        primary key (session_id, decision_id)
      )`);
    await runner.query(`
      create table input_requests (
        id text primary key,
        session_id text not null references sessions (id) on delete cascade,
        plan_id text not null,
        node_id text not null,
        kind text not null,
        server_name text not null,
        message text not null,
        schema json,
        url text,
        status text not null,
        content json,
        created_at timestamptz not null,
        expires_at timestamptz not null
      )`);
    await runner.query(`create index input_requests_open on input_requests (session_id) where status = 'open'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table input_requests, plan_decisions, plan_effects, plan_nodes, plans');
  }
}
