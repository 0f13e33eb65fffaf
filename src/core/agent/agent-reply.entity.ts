import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('agent_replies')
export class AgentReplyEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'session_id' })
  sessionId!: string;

  @Column('text', { name: 'turn_id' })
  turnId!: string;

  @Column('text', { name: 'plan_id', nullable: true })
  planId!: string | null;

  @Column('text')
  text!: string;

  @Column('json', { name: 'provider_state', nullable: true })
  providerState!: object | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
