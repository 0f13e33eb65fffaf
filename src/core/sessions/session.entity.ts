import { Column, Entity, PrimaryColumn } from 'typeorm';

const toNumber = (value: string | number | null) => (value === null ? null : Number(value));

@Entity('sessions')
export class SessionEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'organization_id' })
  organizationId!: string;

  @Column('text', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'server_id' })
  serverId!: string;

  @Column('text')
  title!: string;

  @Column('boolean', { name: 'titled_by_user' })
  titledByUser!: boolean;

  @Column('bigint', { name: 'first_seq', transformer: { from: Number, to: Number } })
  firstSeq!: number;

  @Column('bigint', { name: 'last_seq', transformer: { from: Number, to: Number } })
  lastSeq!: number;

  @Column('integer', { name: 'next_node' })
  nextNode!: number;

  @Column('integer', { name: 'context_tokens' })
  contextTokens!: number;

  @Column('text', { nullable: true })
  model!: string | null;

  @Column('text', { name: 'forked_from', nullable: true })
  forkedFrom!: string | null;

  @Column('bigint', { name: 'forked_at_seq', nullable: true, transformer: { from: toNumber, to: toNumber } })
  forkedAtSeq!: number | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
