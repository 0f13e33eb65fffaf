import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A foreign key looks its session up for every event that is added, which is half the price of adding one. The
 * statement that adds events changes the session's row as well, so that they never lack it; what the key did when a
 * session goes is done by a trigger.
 */
export class EventsCascade1763700800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table session_events drop constraint session_events_session_id_fkey');
    await runner.query(`
      create function delete_session_events() returns trigger language plpgsql as $$
      begin
        delete from session_events where session_id = old.id;
        return null;
      end $$`);
    await runner.query(`
      create trigger sessions_delete_events after delete on sessions
      for each row execute function delete_session_events()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop trigger sessions_delete_events on sessions');
    await runner.query('drop function delete_session_events()');
    await runner.query(`
      alter table session_events add constraint session_events_session_id_fkey
      foreign key (session_id) references sessions (id) on delete cascade`);
  }
}
