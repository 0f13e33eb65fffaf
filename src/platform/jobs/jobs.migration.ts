import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Jobs1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table worker_processes (
        id text primary key,
        worker_ids text[] not null,
        seen_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table worker_processes');
  }
}
