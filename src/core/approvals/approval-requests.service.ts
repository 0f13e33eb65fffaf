import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { type ApprovalId, newId, type OrganizationId, type UserId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { ORIGIN, type Origin } from '../../platform/tokens.js';
import { WebhookEvents } from '../webhooks/webhook-events.service.js';
import { type ApprovalStatus, approvalsTopic, approvalTopic, type NewApprovalRequest } from './approval-request.js';
import { tellDeciders } from './tell-deciders.job.js';

interface Ended {
  id: ApprovalId;
  organization_id: OrganizationId;
  kind: string;
  server_id: string;
  tool: string;
}

/** How one came to its end. */
export interface Ending {
  by?: { id: UserId; name: string };
  reason?: string;
  /** The client's own name for the decision. */
  decisionId?: string;
}

/** The one list of what waits for people. Whoever holds something open says so here, in the same transaction. */
@Injectable()
export class ApprovalRequests {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookEvents,
    private readonly hints: Hints,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    @Inject(ORIGIN) private readonly origin: Origin,
  ) {}

  async open(request: NewApprovalRequest): Promise<ApprovalId> {
    const now = this.clock.now();
    const id = newId('apr', now.getTime());
    await this.database.transaction(async () => {
      await this.database.sql(
        `insert into approval_requests (id, organization_id, kind, title, why, server_id, server_name, tool, pin, risk,
           arguments, requested_by, requested_by_name, via, via_name, door, session_id, plan_id, node_id, created_at,
           expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
        [
          id,
          request.organizationId,
          request.kind,
          request.title,
          request.why,
          request.serverId,
          request.serverName,
          request.tool,
          request.pin,
          request.risk === null ? null : JSON.stringify(request.risk),
          request.arguments === null ? null : JSON.stringify(request.arguments),
          request.requestedBy?.id ?? null,
          request.requestedBy?.name ?? null,
          request.via,
          request.viaName,
          request.door,
          request.sessionId,
          request.planId,
          request.nodeId,
          now,
          request.expiresAt,
        ],
      );
      // Of a task, who decides is in the session that made it.
      if (request.kind !== 'node') {
        await this.jobs.enqueue(tellDeciders, { approvalId: id, origin: this.origin.url });
      }
      await this.webhooks.record({
        organizationId: request.organizationId,
        type: 'approval.requested',
        data: {
          approval_id: id,
          kind: request.kind,
          title: request.title,
          server_id: request.serverId,
          tool: request.tool,
          expires_at: request.expiresAt?.toISOString() ?? null,
        },
      });
      this.database.afterCommit(() => this.hints.publish(approvalsTopic(request.organizationId), { opened: id }));
    });
    return id;
  }

  /** Of the organization, or only what one person asked for. */
  async countPending(organizationId: OrganizationId, userId?: UserId): Promise<number> {
    const [row] = await this.database.sql<{ pending: number }>(
      `select count(*)::int as pending from approval_requests
       where organization_id = $1 and status = 'pending' and ($2::text is null or requested_by = $2)`,
      [organizationId, userId ?? null],
    );
    return row?.pending ?? 0;
  }

  /** False when it was ended before: the first decision stands. */
  async end(
    id: ApprovalId,
    status: Exclude<ApprovalStatus, 'pending'>,
    { by, reason, decisionId }: Ending = {},
  ): Promise<boolean> {
    return this.database.transaction(async () => {
      const [ended] = await this.database.sql<Ended>(
        `update approval_requests set status = $2, decided_at = $3, decided_by = $4, decided_by_name = $5, decision_reason = $6,
           decision_id = $7
         where id = $1 and status = 'pending' returning id, organization_id, kind, server_id, tool`,
        [id, status, this.clock.now(), by?.id ?? null, by?.name ?? null, reason ?? null, decisionId ?? null],
      );
      if (!ended) return false;
      await this.webhooks.record({
        organizationId: ended.organization_id,
        type: 'approval.decided',
        data: { approval_id: id, kind: ended.kind, server_id: ended.server_id, tool: ended.tool, status },
      });
      this.database.afterCommit(() => {
        this.hints.publish(approvalTopic(id));
        this.hints.publish(approvalsTopic(ended.organization_id), { ended: id });
      });
      return true;
    });
  }
}
