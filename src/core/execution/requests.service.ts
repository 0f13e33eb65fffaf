import { Injectable } from '@nestjs/common';
import type { PageRequest } from '../../platform/page.js';
import { hasScope, isAtLeast } from '../identity/permissions.js';
import type { Principal } from '../identity/principal.js';
import { requestNotFound } from './execution.errors.js';
import { RequestLog } from './request-log.js';
import { RequestsRepository } from './requests.repository.js';
import type { LoggedRequest, LoggedRequestDetails, RequestFilter, RequestPlace, RequestsOf } from './requests.js';

/** What was called: one's own calls for everybody, all of the organization's for its administrators. Newest first. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly requests: RequestsRepository,
    private readonly log: RequestLog,
  ) {}

  /** Costs the same however long the log is. @param after the last place of the page before */
  async list(
    principal: Principal,
    filter: RequestFilter,
    { after, page = 1, size }: { after?: RequestPlace | undefined; page?: number | undefined; size: number },
  ): Promise<{ items: LoggedRequest[]; next?: RequestPlace }> {
    const found = await this.requests.list(requestsSeenBy(principal), filter, {
      after,
      skip: (page - 1) * size,
      limit: size + 1,
    });
    const items = found.slice(0, size);
    const last = items.at(-1);
    return { items, ...(found.length > size && last && { next: { at: last.at, id: last.id } }) };
  }

  /** With how many there are on all pages. */
  async page(
    principal: Principal,
    filter: RequestFilter,
    { page, size }: PageRequest,
  ): Promise<{ items: LoggedRequest[]; total: number }> {
    const of = requestsSeenBy(principal);
    const [items, total] = await Promise.all([
      this.requests.list(of, filter, { skip: (page - 1) * size, limit: size }),
      this.requests.count(of, filter),
    ]);
    return { items, total };
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
