import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Database } from '../../platform/database/database.js';
import type { ServerId, SessionId } from '../../platform/ids.js';
import { JobHandler } from '../../platform/jobs/job.js';
import type { ListedTool } from '../registry/tool-state.js';
import { toolsChanged } from '../registry/tools-changed.job.js';
import { ToolsService } from '../registry/tools.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { followDefinition } from './definitions.js';
import { PlanChanges } from './plan-changes.js';
import { PlansRepository } from './plans.repository.js';
import { ProposalsService } from './proposals.service.js';
import { Scenes } from './scenes.js';

type Payload = z.infer<typeof toolsChanged.payload>;

/** Tasks of a tool in quarantine wait, and say why; once its definition is approved they are asked about with that one. */
@Injectable()
export class ToolsChangedHandler extends JobHandler<Payload> {
  readonly job = toolsChanged;

  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly plans: PlansRepository,
    private readonly changes: PlanChanges,
    private readonly proposals: ProposalsService,
    private readonly tools: ToolsService,
    private readonly scenes: Scenes,
  ) {
    super();
  }

  async run(payload: Payload): Promise<void> {
    const serverId = payload.serverId as ServerId;
    const sessionIds = await this.plans.listWaitingFor(serverId, payload.tools);
    if (sessionIds.length === 0) return;
    const listed = await this.tools.listTools(serverId).catch(() => []);
    const tools = new Map(listed.flatMap((tool) => (payload.tools.includes(tool.name) ? [[tool.name, tool]] : [])));
    for (const sessionId of sessionIds) await this.follow(sessionId, serverId, tools);
  }

  private async follow(
    sessionId: SessionId,
    serverId: ServerId,
    tools: ReadonlyMap<string, ListedTool>,
  ): Promise<void> {
    await this.database.transaction(async () => {
      const session = await this.sessions.lock(sessionId);
      const plan = await this.plans.findOpen(sessionId);
      if (!plan) return;
      const change = await this.changes.open(plan);
      const scene = await this.scenes.of(session, change.nodes);
      for (const node of change.nodes) {
        const tool = node.serverId === serverId ? tools.get(node.tool) : undefined;
        if (tool) followDefinition(change, node, tool, scene);
      }
      await this.proposals.askRules(change, scene);
      await this.changes.save(change);
    });
  }
}
