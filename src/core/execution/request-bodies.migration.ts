import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who asked, by which door, what for and what came back. */
export class RequestBodies1763702200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table request_log
        alter column pin drop not null,
        alter column started_at type timestamptz(3),
        add column username text,
        add column credential_id text,
        add column via text,
        add column door text not null default 'session',
        add column plan_id text,
        add column approval_id text,
        add column server_name text not null default '',
        add column method text not null default 'tools/call',
        add column status_code integer not null default 200,
        add column error_message text,
        add column rule text,
        add column ip text,
        add column user_agent text,
        add column request_id text,
        add column trace_id text,
        add column request json,
        add column response json,
        add column truncated boolean not null default false`);
    await runner.query(`
      update request_log
      set status_code = case status when 'succeeded' then 200 when 'timed_out' then 504 when 'cancelled' then 499
            when 'lost' then 502 when 'not_sent' then 502 else 500 end,
        server_name = coalesce((select name from servers where servers.id = request_log.server_id), '')`);
    await runner.query('drop index request_log_of_organization');
    await runner.query(`
      create index request_log_of_organization on request_log (organization_id, started_at desc, id desc)
        include (status, status_code, duration_ms, server_id, tool)`);
    await runner.query(`
      create index request_log_of_user on request_log (organization_id, user_id, started_at desc, id desc)
        include (status_code)`);
    await runner.query(`
      create index request_log_of_errors on request_log (organization_id, started_at desc, id desc)
        where status_code >= 400`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index request_log_of_errors');
    await runner.query('drop index request_log_of_user');
    await runner.query('drop index request_log_of_organization');
    await runner.query('create index request_log_of_organization on request_log (organization_id, started_at desc)');
    await runner.query(`
      alter table request_log
        drop column username, drop column credential_id, drop column via, drop column door, drop column plan_id,
        drop column approval_id, drop column server_name, drop column method, drop column status_code,
        drop column error_message, drop column rule, drop column ip, drop column user_agent, drop column request_id,
        drop column trace_id, drop column request, drop column response, drop column truncated`);
    await runner.query("update request_log set pin = '' where pin is null");
    await runner.query(
      'alter table request_log alter column pin set not null, alter column started_at type timestamptz',
    );
  }
}
