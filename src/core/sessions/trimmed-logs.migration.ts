import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was removed from the beginning of a session's log; the log itself begins at the session's `first_seq`. */
export class TrimmedLogs1763700403000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table trimmed_logs (
        session_id text primary key references sessions (id) on delete cascade,
        events bigint not null,
        first_ts timestamptz not null,
        last_ts timestamptz not null,
        trimmed_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table trimmed_logs');
  }
}
