import { Injectable } from '@nestjs/common';
import type { PageRequest } from '../../platform/page.js';
import { hasScope, isAtLeast } from '../identity/permissions.js';
import type { Principal } from '../identity/principal.js';
import { requestNotFound } from './execution.errors.js';
import { RequestLog } from './request-log.js';
import { RequestsRepository } from './requests.repository.js';
import { type LoggedRequest, type LoggedRequestDetails, MOST_COUNTED } from './requests.js';
import type { RequestFilter, RequestPlace, RequestsOf } from './requests.js';

/** What was called: one's own calls for everybody, all of the organization's for its administrators. Newest first. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly requests: RequestsRepository,
    private readonly log: RequestLog,
  ) {}

  /**
   * Costs the same however long the log is: a page of what is hard to find may have less than `size`, with a `next`.
   * Pages with a number end at 10,000 lines.
   * @param after the last place of the page before
   */
  async list(
    principal: Principal,
    filter: RequestFilter,
    { after, page = 1, size }: { after?: RequestPlace | undefined; page?: number | undefined; size: number },
  ): Promise<{ items: LoggedRequest[]; next?: RequestPlace }> {
    if ((page - 1) * size >= MOST_COUNTED) return { items: [] };
    const { found, behind } = await this.requests.list(requestsSeenBy(principal), filter, {
      after,
      skip: (page - 1) * size,
      limit: size + 1,
    });
    const items = found.slice(0, size);
    const last = found.length > size ? items.at(-1) : undefined;
    const next = last ? { at: last.at, id: last.id } : behind;
    return { items, ...(next && { next }) };
  }

  /** With how many there are on all pages, up to 10,000; what is hard to find is counted among the newest lines. */
  async page(
    principal: Principal,
    filter: RequestFilter,
    { page, size }: PageRequest,
  ): Promise<{ items: LoggedRequest[]; total: number; more: boolean }> {
    const of = requestsSeenBy(principal);
    const skip = (page - 1) * size;
    const [{ found: items }, counted] = await Promise.all([
      skip < MOST_COUNTED ? this.requests.list(of, filter, { skip, limit: size }) : { found: [] },
      this.requests.count(of, filter),
    ]);
    return { items, ...counted };
  }

  /** @throws 404 for another organization's or another person's, too */
  async get(principal: Principal, id: string): Promise<LoggedRequestDetails> {
    const of = requestsSeenBy(principal);
    const found = (await this.requests.find(of, id)) ?? (await this.findNewest(of, id));
    if (!found) throw requestNotFound();
    return found;
  }

  /** Who was told the id of a call may ask before its row is written. */
  private async findNewest(of: RequestsOf, id: string): Promise<LoggedRequestDetails | undefined> {
    await this.log.flush();
    return this.requests.find(of, id);
  }
}

/** Whose rows somebody sees. */
export const requestsSeenBy = ({ organizationId, userId, role, scopes }: Principal): RequestsOf =>
  isAtLeast(role, 'admin') && hasScope(scopes, 'admin') ? { organizationId } : { organizationId, userId };
