import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { newId, type OrganizationId } from '../../platform/ids.js';
import { ambientFields } from '../../platform/logging/logger.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { ActivityEntry, ActivityFilter, NewActivity } from './activity.js';
import { ActivityRepository } from './activity.repository.js';

const MAX_USER_AGENT_LENGTH = 512;

/** Who did what in an organization, and from where. */
@Injectable()
export class Activity {
  constructor(
    private readonly entries: ActivityRepository,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's transaction: what was taken back is not told. */
  async record(told: NewActivity): Promise<void> {
    const { requestId, caller } = ambientFields();
    const at = told.at ?? this.clock.now();
    const origin = told.origin ?? { ip: caller?.ip, userAgent: caller?.userAgent, requestId };
    await this.entries.add({
      id: told.id ?? newId('act', at.getTime()),
      organizationId: told.organizationId,
      at,
      action: told.action,
      outcome: told.outcome ?? 'succeeded',
      actor: told.actor === undefined ? (caller?.actor ?? null) : told.actor,
      credentialId: caller?.credentialId ?? null,
      via: caller?.via ?? null,
      subject: told.subject ?? null,
      ip: origin.ip ?? null,
      userAgent: origin.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      requestId: origin.requestId ?? null,
      details: told.details ?? null,
    });
  }

  /** Newest first. Whoever asks was found to be allowed to. */
  async list(organizationId: OrganizationId, filter: ActivityFilter, page: PageRequest): Promise<Page<ActivityEntry>> {
    return this.entries.list(organizationId, filter, page);
  }
}
