import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Usage1763700200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No reference to sessions and users: what was spent stays spent when they go.
    await runner.query(`
      create table model_usage (
        organization_id text not null references organizations (id) on delete cascade,
        day date not null,
        session_id text not null,
        user_id text not null,
        model text not null,
        replies integer not null,
        input_tokens bigint not null,
        output_tokens bigint not null,
        micro_dollars bigint not null,
        primary key (organization_id, day, session_id, user_id, model)
      )`);
    await runner.query('create index model_usage_of_session on model_usage (session_id)');
    await runner.query('create index model_usage_of_day on model_usage (day)');
    await runner.query(`
      create table model_reservations (
        id text primary key,
        organization_id text not null,
        session_id text not null,
        tokens bigint not null,
        micro_dollars bigint not null,
        expires_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table model_reservations, model_usage');
  }
}
