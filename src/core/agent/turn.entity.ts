import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('turns')
export class TurnEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'session_id' })
  sessionId!: string;

  @Column('text', { nullable: true })
  text!: string | null;

  @Column('text', { name: 'client_msg_id', nullable: true })
  clientMsgId!: string | null;

  @Column('text')
  status!: string;

  @Column('integer')
  graphs!: number;

  @Column('integer')
  tokens!: number;

  @Column('text', { nullable: true })
  claim!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
