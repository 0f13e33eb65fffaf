import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SessionForks1763700602000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Not a foreign key: a fork outlives what it was forked from.
    await runner.query('alter table sessions add column forked_from text');
    await runner.query('alter table sessions add column forked_at_seq bigint');
    // Files of a session that its forks show as well, under the plan's id in the fork.
    await runner.query(`
      create table session_artifacts (
        session_id text not null references sessions (id) on delete cascade,
        artifact_id text not null references artifacts (id) on delete cascade,
        plan_id text not null,
        primary key (session_id, artifact_id)
      )`);
    // So that a file outlives its session; its bytes are known still, and go when they are old.
    await runner.query(`
      alter table artifacts drop constraint artifacts_session_id_fkey,
        add constraint artifacts_session_id_fkey foreign key (session_id) references sessions (id) on delete set null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table artifacts drop constraint artifacts_session_id_fkey,
        add constraint artifacts_session_id_fkey foreign key (session_id) references sessions (id) on delete cascade`);
    await runner.query('drop table session_artifacts');
    await runner.query('alter table sessions drop column forked_from, drop column forked_at_seq');
  }
}
