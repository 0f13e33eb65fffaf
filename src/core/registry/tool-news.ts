import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import type { UserId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { ActivityAction, ActivityDetails } from '../activity/activity.js';
import { Activity } from '../activity/activity.service.js';
import { ApprovalRequests } from '../approvals/approval-requests.service.js';
import { GrantsService } from '../approvals/grants.service.js';
import { WebhookEvents } from '../webhooks/webhook-events.service.js';
import { type McpServer } from './server.js';
import { type PinnedTool, toDefinition } from './tool-definition.js';
import { isQuarantined, type ToolRecord, type ToolState } from './tool-state.js';
import { type StateChange, ToolStatesRepository } from './tool-states.repository.js';
import { toolsChanged } from './tools-changed.job.js';
import { hintServerChanged } from './server-hints.js';

/** By whom and why something was decided; by a rule, where nobody is named. */
export interface Decider {
  by?: { id: UserId; name: string };
  reason?: string;
}

interface Seen {
  /** As the tools were before, by name. */
  known: ReadonlyMap<string, ToolRecord>;
  gone: readonly ToolRecord[];
  isFirst: boolean;
}

interface Asked {
  name: string;
  pin: string;
  definition: PinnedTool;
  why: string;
}

const WHY: Readonly<Partial<Record<ToolState, string>>> = {
  new: 'the tool appeared after the server was first seen',
  changed: 'the definition of the tool changed on its server',
};
const WITHDRAWN = 'the tool is as it was before, or gone';

/** What follows when a tool is trusted otherwise than before; all of it in the transaction that says so. */
@Injectable()
export class ToolNews {
  constructor(
    private readonly database: Database,
    private readonly states: ToolStatesRepository,
    private readonly requests: ApprovalRequests,
    private readonly grants: GrantsService,
    private readonly activity: Activity,
    private readonly webhooks: WebhookEvents,
    private readonly jobs: Jobs,
    private readonly hints: Hints,
  ) {}

  /** A look at the server showed other definitions. */
  async seen(server: McpServer, changes: readonly StateChange[], { known, gone, isFirst }: Seen): Promise<void> {
    for (const change of changes) {
      const before = known.get(change.name);
      const again = isQuarantined(change.state) ? 'superseded' : 'withdrawn';
      if (before) await this.end(before, again, { reason: WITHDRAWN });
      await this.quarantine(server, { ...change, why: WHY[change.state] ?? '' }, change.state);
      if (isFirst) continue;
      await this.tellChange(server, change, before);
    }
    for (const tool of gone) {
      await this.end(tool, 'withdrawn', { reason: WITHDRAWN });
      await this.tell(server, tool.name, 'tool.changed', { state: 'gone' }, null);
    }
    if (!isFirst) await this.follow(server, [...changes, ...gone]);
  }

  /** Somebody decided about the definition that the tool has. */
  async decided(
    server: McpServer,
    tool: ToolRecord,
    { state, action }: { state: ToolState; action: ActivityAction },
    { by, reason }: Decider,
  ): Promise<void> {
    await this.end(tool, state === 'approved' ? 'approved' : 'denied', {
      ...(by && { by }),
      ...(reason !== undefined && { reason }),
    });
    const definition = isQuarantined(state)
      ? await this.states.findDefinition(server.id, tool.name, tool.pin)
      : undefined;
    if (definition) {
      const asked = { name: tool.name, pin: tool.pin, definition, why: 'its approval was taken back' };
      await this.quarantine(server, asked, state);
    }
    await this.tell(server, tool.name, action, { state, pin: tool.pin, ...(reason !== undefined && { reason }) });
    await this.tellOutside(server, { name: tool.name, pin: tool.pin, state }, null);
    await this.follow(server, [tool]);
  }

  async policyChanged(server: McpServer, tool: ToolRecord, policy: string | null): Promise<void> {
    await this.tell(server, tool.name, 'tool.policy_changed', { approval_policy: policy });
    await this.follow(server, [tool]);
  }

  async callersChanged(server: McpServer, tool: ToolRecord, details: ActivityDetails): Promise<void> {
    await this.tell(server, tool.name, 'tool.callers_changed', details);
    this.database.afterCommit(() => hintServerChanged(this.hints, server));
  }

  /** The server is another one now: nothing of what waits is of use. */
  async forgotten(tools: readonly ToolRecord[]): Promise<void> {
    for (const tool of tools)
      await this.end(tool, 'withdrawn', { reason: 'the address or account of the server changed' });
  }

  /** Whatever was remembered for it is void; a person is asked, unless one has refused exactly this before. */
  private async quarantine(server: McpServer, asked: Asked, state: ToolState): Promise<void> {
    if (!isQuarantined(state)) return;
    await this.grants.endAllOf(server.id, asked.name);
    if (state === 'rejected') return;
    const tool = toDefinition(server.id, asked);
    const id = await this.requests.open({
      organizationId: server.organizationId,
      kind: 'tool',
      title: `${state === 'new' ? 'New' : 'Changed'} tool: ${tool.title}`.slice(0, 200),
      why: asked.why,
      serverId: server.id,
      serverName: server.name,
      tool: asked.name,
      pin: asked.pin,
      risk: {
        read_only: tool.readOnly,
        destructive: tool.destructive,
        idempotent: tool.idempotent,
        open_world: tool.openWorld,
      },
      arguments: null,
      requestedBy: null,
      via: null,
      viaName: null,
      door: null,
      sessionId: null,
      planId: null,
      nodeId: null,
      expiresAt: null,
    });
    await this.states.setApproval(server.id, asked.name, id);
  }

  private async end(
    { serverId, name, approvalId }: ToolRecord,
    status: 'approved' | 'denied' | 'withdrawn' | 'superseded',
    decider: Decider,
  ): Promise<void> {
    if (approvalId === null) return;
    await this.requests.end(approvalId, status, decider);
    await this.states.setApproval(serverId, name, null);
  }

  private async tellChange(server: McpServer, change: StateChange, before: ToolRecord | undefined): Promise<void> {
    const { name, pin, state, renamedFrom, rule } = change;
    const details = {
      state,
      pin,
      ...(before && { previous_pin: before.pin }),
      ...(renamedFrom !== null && { renamed_from: renamedFrom }),
      ...(rule !== undefined && { rule }),
    };
    await this.tell(server, name, rule === undefined ? 'tool.changed' : 'tool.approved', details, null);
    await this.tellOutside(server, change, before?.pin ?? null);
  }

  private async tell(
    { id, name: serverName, organizationId }: McpServer,
    tool: string,
    action: ActivityAction,
    details: ActivityDetails,
    actor?: null,
  ): Promise<void> {
    await this.activity.record({
      organizationId,
      action,
      subject: { kind: 'server', id, name: serverName },
      details: { tool, ...details },
      ...(actor === null && { actor }),
    });
  }

  private async tellOutside(
    { id, organizationId }: McpServer,
    { name, pin, state }: { name: string; pin: string; state: ToolState },
    previousPin: string | null,
  ): Promise<void> {
    const data = { server_id: id, tool: name, state, pin, previous_pin: previousPin };
    await this.webhooks.record({ organizationId, type: 'tool.changed', data });
  }

  private async follow(server: McpServer, tools: readonly { name: string }[]): Promise<void> {
    await this.jobs.enqueue(toolsChanged, { serverId: server.id, tools: tools.map(({ name }) => name) });
    this.database.afterCommit(() => hintServerChanged(this.hints, server));
  }
}
