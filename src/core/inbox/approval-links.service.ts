import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { ApprovalId, UserId } from '../../platform/ids.js';
import { hashLinkToken, newLinkToken } from '../identity/mail-link.js';
import { authorize } from '../identity/permissions.js';
import { type Principal, SCOPES } from '../identity/principal.js';
import { ApprovalLinksRepository, type LinkOwner } from './approval-links.repository.js';
import { approvalLinkIsOver } from './inbox.errors.js';
import { InboxDecisions, type Ruling } from './inbox-decisions.service.js';
import { type InboxDetail, InboxService } from './inbox.service.js';

/** Of what waits without an end of its own. */
const LIFETIME_MS = 7 * 86_400_000;

export interface LinkPeek {
  /** With the definition and what changed: who decides by a mail reads as much as who is signed in. */
  item: InboxDetail;
  /** In whose name the link decides. */
  actsFor: { userId: UserId; username: string };
}

/** Links by mail: each is bound to one person and one request, and good for one decision, with what they may do then. */
@Injectable()
export class ApprovalLinks {
  constructor(
    private readonly database: Database,
    private readonly links: ApprovalLinksRepository,
    private readonly inbox: InboxService,
    private readonly decisions: InboxDecisions,
    private readonly clock: Clock,
  ) {}

  /** In the caller's transaction. @returns the token of each; it is stored nowhere */
  async make(userId: UserId, requests: readonly { id: ApprovalId; expiresAt: Date | null }[]): Promise<string[]> {
    const now = this.clock.now();
    const tokens = requests.map(() => newLinkToken());
    const links = requests.map(({ id, expiresAt }, place) => ({
      tokenHash: hashLinkToken(tokens[place] ?? ''),
      approvalId: id,
      userId,
      expiresAt: expiresAt ?? new Date(now.getTime() + LIFETIME_MS),
    }));
    await this.links.add(links, now);
    return tokens;
  }

  /** What it is about; changes nothing. @throws 410 used, too old, unknown, or of somebody who lost the right */
  async peek(token: string): Promise<LinkPeek> {
    const owner = await this.ownerOf(token);
    const item = await this.inbox.get(principalOf(owner), owner.approvalId).catch(() => {
      throw approvalLinkIsOver();
    });
    if (item.status === 'pending' && !item.canDecide) throw approvalLinkIsOver();
    return { item, actsFor: { userId: owner.userId, username: owner.username } };
  }

  /** @throws as `peek`, and 409 ALREADY_DECIDED; it is used only when it decides */
  async decide(token: string, ruling: Pick<Ruling, 'decision' | 'reason'>): Promise<void> {
    const { approvalId, ...owner } = await this.ownerOf(token);
    const principal = principalOf({ approvalId, ...owner });
    authorize(principal, 'approvals.decide');
    await this.database.transaction(async () => {
      if (!(await this.links.use(hashLinkToken(token), this.clock.now()))) throw approvalLinkIsOver();
      await this.decisions.decide(principal, approvalId, ruling);
    });
  }

  private async ownerOf(token: string): Promise<LinkOwner> {
    const owner = await this.links.findOwner(hashLinkToken(token), this.clock.now());
    if (!owner) throw approvalLinkIsOver();
    return owner;
  }
}

/** The link came to their mailbox, as a code to sign in would. */
const principalOf = ({ userId, username, organizationId, role }: LinkOwner): Principal => ({
  userId,
  username,
  organizationId,
  role,
  scopes: SCOPES,
  instanceAdministrator: false,
  via: 'access_token',
  credentialId: '',
  expiresAt: null,
});
