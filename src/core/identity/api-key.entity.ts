import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Id, OrganizationId, UserId } from '../../platform/ids.js';
import type { EndOfKey } from './api-key.js';
import type { Presentation } from './presentation.js';
import type { Scope } from './principal.js';
import type { ReachedTool } from './reach.js';

@Entity('api_keys')
export class ApiKeyEntity {
  @PrimaryColumn('text')
  id!: Id<'key'>;

  @Column('text', { name: 'user_id' })
  userId!: UserId;

  @Column('text', { name: 'organization_id' })
  organizationId!: OrganizationId;

  @Column('text')
  name!: string;

  /** SHA-256; the key itself is nowhere stored. */
  @Column('text')
  hash!: string;

  @Column('text')
  hint!: string;

  @Column('text', { array: true })
  scopes!: Scope[];

  /** Null: all that its user may call. */
  @Column('jsonb', { nullable: true })
  tools!: ReachedTool[] | null;

  @Column('text', { nullable: true })
  presentation!: Presentation | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;

  @Column('text', { name: 'last_used_ip', nullable: true })
  lastUsedIp!: string | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @Column('text', { name: 'revoked_because', nullable: true })
  revokedBecause!: EndOfKey | null;
}
