import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What waits, or waited, for a person: calls, tasks of plans, definitions of tools. */
export class ApprovalRequests1763702001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Names beside ids: a line says what was asked, whatever it is called later. json: arguments stay as they were written.
    await runner.query(`
      create table approval_requests (
        id text primary key,
        organization_id text not null references organizations (id) on delete cascade,
        kind text not null check (kind in ('call', 'node', 'tool')),
        status text not null default 'pending'
          check (status in ('pending', 'approved', 'denied', 'expired', 'withdrawn', 'superseded')),
        title text not null,
        why text not null,
        server_id text not null references servers (id) on delete cascade,
        server_name text not null,
        tool text not null,
        pin text not null,
        risk json,
        arguments json,
        requested_by text references users (id) on delete cascade,
        requested_by_name text,
        via text,
        door text,
        session_id text references sessions (id) on delete cascade,
        plan_id text,
        node_id text,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3),
        decided_at timestamptz(3),
        decided_by text references users (id) on delete set null,
        decided_by_name text,
        decision_reason text
      )`);
    await runner.query(
      `create index approval_requests_pending_idx on approval_requests (organization_id, created_at) where status = 'pending'`,
    );
    await runner.query(
      'create index approval_requests_of_organization_idx on approval_requests (organization_id, created_at desc, id desc)',
    );
    await runner.query(
      `create unique index approval_requests_node_idx on approval_requests (session_id, node_id) where status = 'pending' and kind = 'node'`,
    );
    await runner.query(
      `create unique index approval_requests_tool_idx on approval_requests (server_id, tool) where status = 'pending' and kind = 'tool'`,
    );
    await runner.query(
      `create index approval_requests_expiry_idx on approval_requests (expires_at) where status = 'pending'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table approval_requests');
  }
}
