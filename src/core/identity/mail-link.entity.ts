import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Id } from '../../platform/ids.js';
import type { EmailAddress } from './email-address.js';
import type { LinkPurpose } from './mail-link.js';

@Entity('mail_links')
export class MailLinkEntity {
  @PrimaryColumn('text')
  id!: Id<'link'>;

  @Column('text')
  purpose!: LinkPurpose;

  @Column('text')
  email!: EmailAddress;

  /** SHA-256; the token itself is nowhere stored. */
  @Column('text', { name: 'token_hash' })
  tokenHash!: string;

  /** What the link is good for beyond its purpose: of whoever made it. */
  @Column('jsonb', { nullable: true })
  details!: unknown;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
