import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Id } from '../../platform/ids.js';

@Entity('refresh_tokens')
export class RefreshTokenEntity {
  /** Keyed hash; the token itself is nowhere stored. */
  @PrimaryColumn('text')
  hash!: string;

  @Column('text', { name: 'family_id' })
  familyId!: Id<'fam'>;

  /** Makes, with the token and the instance's key, the one token that follows it. */
  @Column('text', { name: 'successor_seed' })
  successorSeed!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
