import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Id, OrganizationId, UserId } from '../../platform/ids.js';

/** Why a sign-in ended. */
export type EndOfSignIn = 'signed_out' | 'token_reused' | 'revoked' | 'password_changed' | 'member_removed';

/** One sign-in on one device: a session cookie, or all the refresh tokens that came from it. */
@Entity('refresh_families')
export class RefreshFamilyEntity {
  @PrimaryColumn('text')
  id!: Id<'fam'>;

  @Column('text', { name: 'user_id' })
  userId!: UserId;

  @Column('text', { name: 'organization_id' })
  organizationId!: OrganizationId;

  @Column('text')
  kind!: 'tokens' | 'cookie';

  /** Of the session cookie; the cookie itself is nowhere stored. */
  @Column('text', { name: 'cookie_hash', nullable: true })
  cookieHash!: string | null;

  @Column('text', { name: 'device_fingerprint', nullable: true })
  deviceFingerprint!: string | null;

  /** Where it began. */
  @Column('text')
  ip!: string;

  @Column('text', { name: 'last_ip', nullable: true })
  lastIp!: string | null;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt!: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @Column('text', { name: 'revoked_because', nullable: true })
  revokedBecause!: EndOfSignIn | null;
}
