import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a key is limited to, and how its client is shown tools. */
export class KeyReach1763703300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table api_keys
        add tools jsonb,
        add presentation text constraint api_keys_presentation check (presentation in ('definitions', 'search'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table api_keys drop tools, drop presentation');
  }
}
