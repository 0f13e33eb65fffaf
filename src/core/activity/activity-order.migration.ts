import type { MigrationInterface, QueryRunner } from 'typeorm';

/** In which order lines became visible, which is not that of their ids; and that nobody rewrites them. */
export class ActivityOrder1763702201000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table activity
        add column written_by xid8 not null default pg_current_xact_id(),
        add column recorded_at timestamptz(3) not null default clock_timestamp()`);
    await runner.query('create index activity_in_order_idx on activity (organization_id, written_by, id)');
    await runner.query(`
      create function refuse_to_rewrite_activity() returns trigger language plpgsql as $$
      begin
        raise exception 'The activity is only written once.';
      end $$`);
    // Only its place in the order may change: what was restored into another cluster gets a new one.
    await runner.query(`
      create trigger activity_is_append_only before update on activity for each row
      when ((old.id, old.organization_id, old.at, old.action, old.outcome, old.actor_id, old.actor_name,
             old.credential_id, old.via, old.subject_kind, old.subject_id, old.subject_name, old.ip, old.user_agent,
             old.request_id, old.details)
        is distinct from
            (new.id, new.organization_id, new.at, new.action, new.outcome, new.actor_id, new.actor_name,
             new.credential_id, new.via, new.subject_kind, new.subject_id, new.subject_name, new.ip, new.user_agent,
             new.request_id, new.details))
      execute function refuse_to_rewrite_activity()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop trigger activity_is_append_only on activity');
    await runner.query('drop function refuse_to_rewrite_activity()');
    await runner.query('alter table activity drop column written_by, drop column recorded_at');
  }
}
