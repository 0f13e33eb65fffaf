import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IdempotencyStandsFor1763703000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The thing that a request has become: whoever asks again is answered with it.
    await runner.query('alter table idempotency_keys add stands_for text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table idempotency_keys drop stands_for');
  }
}
