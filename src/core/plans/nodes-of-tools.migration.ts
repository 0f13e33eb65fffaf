import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For finding what waits when the definition of a tool changes. */
export class NodesOfTools1763702301000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create index plan_nodes_waiting_for_tool on plan_nodes (server_id, tool)
       where status in ('pending', 'approved', 'blocked')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index plan_nodes_waiting_for_tool');
  }
}
