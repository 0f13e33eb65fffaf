import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { CONFIG, ORIGIN, type Origin } from '../../platform/tokens.js';
import type { EmailAddress } from './email-address.js';
import { linkIsCoolingDown, linkIsOver } from './identity.errors.js';
import type { MailLinkEntity } from './mail-link.entity.js';
import { hashLinkToken, LINK_RULES, type LinkPurpose, newLinkToken } from './mail-link.js';
import { MailLinksRepository } from './mail-links.repository.js';
import { linkPlace, sendLink } from './send-link.job.js';

export interface NewLink {
  purpose: LinkPurpose;
  email: EmailAddress;
  /** Kept with the link and given back by `use`; JSON. */
  details?: object;
}

export interface UsedLink {
  email: EmailAddress;
  details: unknown;
}

/** Links by mail, each good for one thing, once. Knows nothing of accounts: what it answers cannot tell of one. */
@Injectable()
export class MailLinksService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ORIGIN) private readonly origin: Origin,
    private readonly database: Database,
    private readonly links: MailLinksRepository,
    private readonly jobs: Jobs,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a link and has it mailed; part of the caller's transaction where there is one.
   * @returns the seconds until the next one may be asked for
   * @throws 429 LINK_COOLDOWN a moment after the last one to this address
   */
  async make({ purpose, email, details }: NewLink): Promise<number> {
    await this.database.transaction(async () => {
      await this.links.lockAddress(email, purpose);
      await this.checkCooldown(email, purpose);
      const now = this.clock.now();
      const token = newLinkToken();
      const link: MailLinkEntity = {
        id: newId('link', now.getTime()),
        purpose,
        email,
        tokenHash: hashLinkToken(token),
        details: details ?? null,
        createdAt: now,
        expiresAt: new Date(now.getTime() + LINK_RULES[purpose].lifetimeSeconds * 1_000),
        usedAt: null,
      };
      await this.links.add(link);
      await this.jobs.enqueue(sendLink, {
        linkId: link.id,
        origin: this.origin.url,
        sealedToken: this.secrets.seal(token, linkPlace(link.id)),
      });
    });
    return this.config.oneTimeCodes.cooldownSeconds;
  }

  /** Before work that would be in vain; `make` checks it again. @throws 429 LINK_COOLDOWN */
  async checkCooldown(email: EmailAddress, purpose: LinkPurpose): Promise<void> {
    const last = await this.links.findNewest(email, purpose);
    const sinceMs = last ? this.clock.ms() - last.createdAt.getTime() : Infinity;
    const wait = Math.ceil(this.config.oneTimeCodes.cooldownSeconds - sinceMs / 1_000);
    if (wait > 0) throw linkIsCoolingDown(wait);
  }

  /** What a token is for, without using it. @throws 410 used, too old, replaced or unknown */
  async peek(token: string): Promise<{ purpose: LinkPurpose; email: EmailAddress }> {
    const link = await this.links.findLive(hashLinkToken(token), this.clock.now());
    if (!link) throw linkIsOver();
    return { purpose: link.purpose, email: link.email };
  }

  /** What those carry that an address could still use, newest first; the same work for every address. */
  async listDetails(email: EmailAddress, purpose: LinkPurpose): Promise<unknown[]> {
    return (await this.links.listLive(email, purpose, this.clock.now())).map(({ details }) => details);
  }

  /** Part of the caller's transaction: what was asked for before counts no more. */
  async endAll(email: EmailAddress, purposes: readonly LinkPurpose[]): Promise<void> {
    await this.links.endAll(email, purposes, this.clock.now());
  }

  /**
   * To be called in the transaction of what the link is good for: if that fails, the link is not used.
   * @throws 410 used, too old, replaced, unknown, or of another purpose
   */
  async use(token: string, purpose: LinkPurpose): Promise<UsedLink> {
    const link = await this.links.use(hashLinkToken(token), purpose, this.clock.now());
    if (!link) throw linkIsOver();
    return { email: link.email, details: link.details };
  }
}
