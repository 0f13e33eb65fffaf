import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('tool_snapshots')
export class ToolSnapshotEntity {
  @PrimaryColumn('text', { name: 'server_id' })
  serverId!: string;

  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  pin!: string;

  @Column('json')
  definition!: object;

  @Column('jsonb', { nullable: true })
  extras!: object | null;

  @Column('integer')
  ordinal!: number;

  /** Since when this definition is known. */
  @Column('timestamptz', { name: 'seen_at' })
  seenAt!: Date;
}
