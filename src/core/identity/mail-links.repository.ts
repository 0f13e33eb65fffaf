import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Id } from '../../platform/ids.js';
import type { EmailAddress } from './email-address.js';
import { MailLinkEntity } from './mail-link.entity.js';
import { LINK_PURPOSES, LINK_RULES, type LinkPurpose } from './mail-link.js';

const ENDED_BY_NEWER = LINK_PURPOSES.filter((purpose) => LINK_RULES[purpose].endedByNewer);

/**
 * Unused, in time, and the newest where only that counts. What would make an account is over once there is one, however
 * that came about. `$1` is the hash, `$2` now, `$3` ENDED_BY_NEWER.
 */
const LIVE = `links.token_hash = $1 and links.used_at is null and links.expires_at > $2
  and not (links.purpose = any($3::text[]) and exists (
    select from mail_links newer
    where newer.email = links.email and newer.purpose = links.purpose
      and (newer.created_at, newer.id) > (links.created_at, links.id)))
  and not (links.purpose = 'verify_email' and exists (select from users where users.email = links.email))`;

/** The columns as an entity names them; `details` comes parsed. */
const COLUMNS = `links.id, links.purpose, links.email, links.token_hash as "tokenHash", links.details,
  links.created_at as "createdAt", links.expires_at as "expiresAt", links.used_at as "usedAt"`;

@Injectable()
export class MailLinksRepository {
  constructor(private readonly database: Database) {}

  /** Until the transaction ends, nobody else asks for a link of this purpose to this address. */
  async lockAddress(email: EmailAddress, purpose: LinkPurpose): Promise<void> {
    await this.database.sql(`select pg_advisory_xact_lock(hashtextextended('mail-link ' || $1 || ' ' || $2, 0))`, [
      purpose,
      email,
    ]);
  }

  async find(id: string): Promise<MailLinkEntity | undefined> {
    return (await this.database.entities.findOneBy(MailLinkEntity, { id: id as Id<'link'> })) ?? undefined;
  }

  async findNewest(email: EmailAddress, purpose: LinkPurpose): Promise<MailLinkEntity | undefined> {
    const found = await this.database.entities.findOne(MailLinkEntity, {
      where: { email, purpose },
      order: { createdAt: 'desc', id: 'desc' },
    });
    return found ?? undefined;
  }

  /** Unused and in time, newest first. */
  async listLive(email: EmailAddress, purpose: LinkPurpose, now: Date): Promise<MailLinkEntity[]> {
    return this.database.sql<MailLinkEntity>(
      `select ${COLUMNS} from mail_links links
       where links.email = $1 and links.purpose = $2 and links.used_at is null and links.expires_at > $3
       order by links.created_at desc, links.id desc limit 100`,
      [email, purpose, now],
    );
  }

  async add(link: MailLinkEntity): Promise<void> {
    await this.database.sql(
      `insert into mail_links (id, purpose, email, token_hash, details, created_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        link.id,
        link.purpose,
        link.email,
        link.tokenHash,
        link.details === null ? null : JSON.stringify(link.details),
        link.createdAt,
        link.expiresAt,
      ],
    );
  }

  /** All of an address that were not used are over now. */
  async endAll(email: EmailAddress, purposes: readonly LinkPurpose[], now: Date): Promise<void> {
    await this.database.sql(
      'update mail_links set used_at = $3 where email = $1 and purpose = any($2::text[]) and used_at is null',
      [email, purposes, now],
    );
  }

  async findLive(tokenHash: string, now: Date): Promise<MailLinkEntity | undefined> {
    const [link] = await this.database.sql<MailLinkEntity>(`select ${COLUMNS} from mail_links links where ${LIVE}`, [
      tokenHash,
      now,
      ENDED_BY_NEWER,
    ]);
    return link;
  }

  /** In one statement: of many calls at once one gets it. */
  async use(tokenHash: string, purpose: LinkPurpose, now: Date): Promise<MailLinkEntity | undefined> {
    const [link] = await this.database.sql<MailLinkEntity>(
      `update mail_links links set used_at = $2 where ${LIVE} and links.purpose = $4 returning ${COLUMNS}`,
      [tokenHash, now, ENDED_BY_NEWER, purpose],
    );
    return link;
  }
}
