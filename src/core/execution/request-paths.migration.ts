import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For those who look for one server, tool, session or approval; what they ask for beside is in the index, too. */
export class RequestPaths1763703010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index request_log_of_server on request_log (organization_id, server_id, started_at desc, id desc)
        include (tool, user_id, status_code)`);
    await runner.query(`
      create index request_log_of_tool on request_log (organization_id, tool, started_at desc, id desc)
        include (server_id, user_id, status_code)`);
    // Most calls have none.
    for (const column of ['session_id', 'approval_id']) {
      await runner.query(
        `create index request_log_by_${column} on request_log (${column}) where ${column} is not null`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index request_log_by_approval_id');
    await runner.query('drop index request_log_by_session_id');
    await runner.query('drop index request_log_of_tool');
    await runner.query('drop index request_log_of_server');
  }
}
