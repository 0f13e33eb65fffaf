import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Id, OrganizationId, UserId } from '../../platform/ids.js';

/** One sign-in on one device, and all the refresh tokens that came from it. */
@Entity('refresh_families')
export class RefreshFamilyEntity {
  @PrimaryColumn('text')
  id!: Id<'fam'>;

  @Column('text', { name: 'user_id' })
  userId!: UserId;

  @Column('text', { name: 'organization_id' })
  organizationId!: OrganizationId;

  @Column('text', { name: 'device_fingerprint', nullable: true })
  deviceFingerprint!: string | null;

  @Column('text')
  ip!: string;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt!: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @Column('text', { name: 'revoked_because', nullable: true })
  revokedBecause!: 'signed_out' | 'token_reused' | null;
}
