import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('plan_nodes')
export class TaskNodeEntity {
  @PrimaryColumn('text', { name: 'session_id' })
  sessionId!: string;

  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  key!: string;

  @Column('text', { name: 'plan_id' })
  planId!: string;

  @Column('integer')
  ordinal!: number;

  @Column('text')
  title!: string;

  @Column('text')
  tool!: string;

  @Column('text', { name: 'server_id' })
  serverId!: string;

  @Column('text', { name: 'server_name' })
  serverName!: string;

  @Column('text')
  pin!: string;

  @Column('json')
  arguments!: object;

  @Column('text', { name: 'depends_on', array: true })
  dependsOn!: string[];

  @Column('json')
  risk!: object;

  @Column('integer')
  x!: number;

  @Column('integer')
  y!: number;

  @Column('text')
  status!: string;

  @Column('integer')
  attempt!: number;

  @Column('integer', { name: 'queued_attempt' })
  queuedAttempt!: number;

  @Column('text', { nullable: true })
  claim!: string | null;

  @Column('boolean', { name: 'stop_requested' })
  stopRequested!: boolean;

  @Column('json', { nullable: true })
  approval!: object | null;

  @Column('text', { name: 'auto_rule', nullable: true })
  autoRule!: string | null;

  @Column('boolean')
  edited!: boolean;

  @Column('integer', { name: 'timeout_seconds', nullable: true })
  timeoutSeconds!: number | null;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  @Column('text', { nullable: true })
  cause!: string | null;

  @Column('json', { nullable: true })
  error!: object | null;

  @Column('json', { nullable: true })
  result!: object | null;

  @Column('text', { name: 'reused_from', nullable: true })
  reusedFrom!: string | null;

  @Column('text', { name: 'rerun_of', nullable: true })
  rerunOf!: string | null;

  @Column('boolean', { name: 'needs_person' })
  needsPerson!: boolean;
}
