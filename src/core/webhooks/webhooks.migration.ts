import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who wants to be told, what there was to tell, and how telling went. */
export class Webhooks1763702000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhooks (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        url text not null,
        description text,
        events text[] not null,
        secret text not null,
        previous_secret text,
        previous_secret_until timestamptz,
        enabled boolean not null default true,
        disabled_reason text,
        created_by text references users (id) on delete set null,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null
      )`);
    await runner.query('create index webhooks_organization_idx on webhooks (organization_id, created_at)');
    await runner.query(`
      create table webhook_messages (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        type text not null,
        data jsonb not null,
        created_at timestamptz(3) not null
      )`);
    await runner.query('create index webhook_messages_created_idx on webhook_messages (created_at)');
    await runner.query(`
      create table webhook_deliveries (
        id text primary key,
        webhook_id text not null references webhooks (id) on delete cascade,
        message_id text not null references webhook_messages (id) on delete cascade,
        status text not null check (status in ('pending', 'succeeded', 'failed')),
        attempts integer not null default 0,
        next_try_at timestamptz,
        response_status integer,
        error text,
        duration_ms integer,
        created_at timestamptz(3) not null,
        finished_at timestamptz(3)
      )`);
    await runner.query(
      'create index webhook_deliveries_webhook_idx on webhook_deliveries (webhook_id, created_at desc)',
    );
    await runner.query('create index webhook_deliveries_message_idx on webhook_deliveries (message_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table webhook_deliveries, webhook_messages, webhooks');
  }
}
