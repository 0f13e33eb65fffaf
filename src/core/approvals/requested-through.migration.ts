import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By what name the key or the client goes with which something was asked for, as it was then. */
export class RequestedThrough1763703400130 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table approval_requests add column via_name text');
    await runner.query(`
      update approval_requests request set via_name = named.name
      from held_calls held
      join (
        select id, name from api_keys
        union all
        select id, client_name from client_grants
      ) named on named.id = held.credential_id
      where held.approval_id = request.id`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table approval_requests drop column via_name');
  }
}
