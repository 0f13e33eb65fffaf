import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('servers')
export class ServerEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'organization_id' })
  organizationId!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text')
  url!: string;

  @Column('json', { name: 'request_headers' })
  requestHeaders!: object;

  @Column('text', { name: 'secret_id', nullable: true })
  secretId!: string | null;

  @Column('text')
  transport!: string;

  @Column('text', { name: 'auth_method' })
  authMethod!: string;

  @Column('json', { nullable: true })
  oauth!: object | null;

  @Column('text', { nullable: true })
  credentials!: string | null;

  @Column('integer', { name: 'account_version' })
  accountVersion!: number;

  @Column('integer', { name: 'timeout_seconds' })
  timeout!: number;

  @Column('boolean', { name: 'ssl_verify' })
  sslVerify!: boolean;

  @Column('text', { name: 'approval_policy' })
  approvalPolicy!: string;

  @Column('text', { name: 'client_features', array: true, default: '{}' })
  clientFeatures!: string[];

  @Column('text')
  status!: string;

  @Column('text', { name: 'status_reason', nullable: true })
  statusReason!: string | null;

  @Column('integer', { name: 'latency_ms', nullable: true })
  latencyMs!: number | null;

  @Column('timestamptz', { name: 'last_checked_at', nullable: true })
  lastCheckedAt!: Date | null;

  @Column('text', { name: 'protocol_version', nullable: true })
  protocolVersion!: string | null;

  @Column('text', { name: 'protocol_era', nullable: true })
  protocolEra!: string | null;

  @Column('json', { name: 'server_info', nullable: true })
  serverInfo!: object | null;

  @Column('integer')
  failures!: number;

  @Column('integer', { name: 'tool_count', nullable: true })
  toolCount!: number | null;

  @Column('integer', { name: 'resource_count', nullable: true })
  resourceCount!: number | null;

  @Column('integer', { name: 'prompt_count', nullable: true })
  promptCount!: number | null;

  @Column('text', { name: 'service_id', nullable: true })
  serviceId!: string | null;

  @Column('boolean')
  demo!: boolean;

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('text')
  access!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
