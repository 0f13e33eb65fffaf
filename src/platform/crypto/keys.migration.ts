import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Keys1763700401000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table keys (
        purpose text not null,
        version integer not null,
        wrapped text not null,
        wrapped_by text not null,
        created_at timestamptz not null,
        activates_at timestamptz not null,
        retires_at timestamptz,
        primary key (purpose, version)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table keys');
  }
}
