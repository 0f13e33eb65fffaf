import type { MigrationInterface, QueryRunner } from 'typeorm';

export class WebhookDeliveries1763702700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Since when nothing has reached it; null while it is well.
    await runner.query('alter table webhooks add failing_since timestamptz(3)');
    await runner.query(
      `create index webhook_deliveries_due_idx on webhook_deliveries (webhook_id, next_try_at) where status = 'pending'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index webhook_deliveries_due_idx');
    await runner.query('alter table webhooks drop failing_since');
  }
}
