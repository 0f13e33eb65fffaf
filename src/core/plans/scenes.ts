import { Injectable } from '@nestjs/common';
import type { ServerId } from '../../platform/ids.js';
import { ServersService } from '../registry/servers.service.js';
import { ToolsService } from '../registry/tools.service.js';
import type { Session } from '../sessions/session.js';
import type { TaskNodeRecord } from './plan.js';
import type { PolicyScene } from './policy.js';

@Injectable()
export class Scenes {
  constructor(
    private readonly servers: ServersService,
    private readonly tools: ToolsService,
  ) {}

  async of(session: Session, nodes: readonly Pick<TaskNodeRecord, 'serverId'>[] = []): Promise<PolicyScene> {
    const ids = new Set<ServerId>([session.serverId, ...nodes.map(({ serverId }) => serverId)]);
    const found = await Promise.all([...ids].map((id) => this.servers.findForJob(id)));
    return {
      session,
      servers: new Map(found.flatMap((server) => (server ? [[server.id, server]] : []))),
      tools: await this.tools.standings([...ids]),
    };
  }
}
