import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Id } from '../../platform/ids.js';

@Entity('one_time_codes')
export class OneTimeCodeEntity {
  @PrimaryColumn('text')
  id!: Id<'otp'>;

  @Column('text')
  email!: string;

  @Column('text', { name: 'ip_window' })
  ipWindow!: string;

  @Column('text')
  salt!: string;

  @Column('text', { name: 'code_hash' })
  codeHash!: string;

  /** Guesses so far, counted before they are compared. */
  @Column('int')
  attempts!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
