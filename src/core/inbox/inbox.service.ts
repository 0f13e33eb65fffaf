import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ApprovalId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { HeldCallView } from '../execution/held-call.js';
import { HeldCalls } from '../execution/held-calls.service.js';
import type { Principal } from '../identity/principal.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ToolHistory } from '../registry/tool-history.service.js';
import { approvalNotFound } from './inbox.errors.js';
import { type InboxCounts, type InboxFilter, type InboxItem, mayDecide, sees, type Sight } from './inbox-item.js';
import { InboxRepository, type StoredRequest } from './inbox.repository.js';
import type { InboxStatistics } from './inbox-statistics.js';

/** A request, and, of a held call, what became of it. */
export interface InboxDetail extends InboxItem {
  /** The definition that is asked about, as the server gave it; null where it is not kept any more. */
  definition: object | null;
  diff: object | null;
  call: HeldCallView | null;
}

const DAY_MS = 86_400_000;

/** What waits for people and what they decided, as each may see it. */
@Injectable()
export class InboxService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly access: ServerAccess,
    private readonly held: HeldCalls,
    private readonly history: ToolHistory,
    private readonly clock: Clock,
  ) {}

  async list(principal: Principal, filter: InboxFilter, page: PageRequest): Promise<Page<InboxItem>> {
    const sight = await this.sightOf(principal);
    const found = await this.inbox.list(sight, filter, page);
    const items = found.slice(0, page.size).map((request) => toItem(principal, sight, request));
    return { items, ...(found.length > page.size && { next: page.page + 1 }) };
  }

  async count(principal: Principal): Promise<InboxCounts> {
    return this.inbox.count(await this.sightOf(principal));
  }

  /** @throws 404 */
  async find(principal: Principal, id: ApprovalId): Promise<InboxItem> {
    const sight = await this.sightOf(principal);
    const request = await this.inbox.find(id);
    if (!request || !sees(sight, request)) throw approvalNotFound();
    return toItem(principal, sight, request);
  }

  /** @throws 404 */
  async get(principal: Principal, id: ApprovalId): Promise<InboxDetail> {
    const item = await this.find(principal, id);
    const about = await this.about(item);
    if (item.kind !== 'call') return { ...item, ...about, call: null };
    // A look at a call may be what ends one that waited too long.
    const call = await this.held.view(principal, id);
    return { ...(call.status === item.status ? item : await this.find(principal, id)), ...about, call };
  }

  /** The definition that is asked about, also when the tool has another one now; and, where that is the question, what changed. */
  private async about({ kind, serverId, tool, pin }: InboxItem): Promise<Pick<InboxDetail, 'definition' | 'diff'>> {
    const explained = await this.history.explain(serverId, tool, pin);
    return { definition: explained?.definition ?? null, diff: kind === 'tool' ? (explained?.diff ?? null) : null };
  }

  async statistics(principal: Principal, days: number): Promise<InboxStatistics> {
    const sight = await this.sightOf(principal);
    const since = new Date(this.clock.ms() - days * DAY_MS);
    const [counts, oldest, ended, medianSeconds, servers] = await Promise.all([
      this.inbox.count(sight),
      this.inbox.oldestPending(sight),
      this.inbox.listEnded(sight, since),
      this.inbox.medianSeconds(sight, since),
      this.inbox.listByServer(sight, since),
    ]);
    return { counts, oldest, ended, medianSeconds, servers };
  }

  async sightOf({ userId, organizationId }: Pick<Principal, 'userId' | 'organizationId'>): Promise<Sight> {
    return { userId, organizationId, levels: await this.access.listLevels({ userId, organizationId }) };
  }
}

export function toItem(principal: Principal, sight: Sight, request: StoredRequest): InboxItem {
  return { ...request, canDecide: mayDecide(principal, sight, request) };
}
