import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests under a key of the caller's, and how they were answered. */
export class Idempotency1763702101000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No references: the row may be of whatever a caller is. json: an answer stays as it was written.
    await runner.query(`
      create table idempotency_keys (
        organization_id text not null,
        user_id text not null,
        endpoint text not null,
        key text not null,
        body_hash text not null,
        state text not null check (state in ('begun', 'acting', 'answered')),
        claim text not null,
        alive_until timestamptz not null,
        answer json,
        created_at timestamptz not null,
        primary key (organization_id, user_id, endpoint, key)
      )`);
    await runner.query('create unique index idempotency_keys_claim_idx on idempotency_keys (claim)');
    await runner.query('create index idempotency_keys_created_idx on idempotency_keys (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table idempotency_keys');
  }
}
