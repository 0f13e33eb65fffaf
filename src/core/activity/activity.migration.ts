import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Activity1763701002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Names beside ids: the line says who it was, whatever they are called later, and stays when they are gone.
    await runner.query(`
      create table activity (
        id text primary key,
        organization_id text references organizations (id) on delete cascade,
        at timestamptz(3) not null,
        action text not null,
        outcome text not null check (outcome in ('succeeded', 'failed')),
        actor_id text,
        actor_name text,
        credential_id text,
        via text,
        subject_kind text,
        subject_id text,
        subject_name text,
        ip text,
        user_agent text,
        request_id text,
        details jsonb
      )`);
    await runner.query('create index activity_of_organization_idx on activity (organization_id, at desc, id desc)');
    await runner.query('create index activity_at_idx on activity (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table activity');
  }
}
