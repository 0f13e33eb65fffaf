import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import type { ServerId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import { HintedCache } from './hinted-cache.js';
import { serverNotFound, serverUnreachable } from './registry.errors.js';
import { type McpServer, serverTopic } from './server.js';
import { ServerHealthService } from './server-health.service.js';
import { ServerAccess } from './server-access.service.js';
import { ServersRepository } from './servers.repository.js';
import { toDefinition, type ToolDefinition } from './tool-definition.js';
import { assessAll, type ToolCompatibility } from './tool-compatibility.js';
import { ToolSnapshotsRepository } from './tool-snapshots.repository.js';

export interface ServerOffer {
  tools: (ToolDefinition & { compatibility: ToolCompatibility | undefined })[];
  resourceCount: number;
  promptCount: number;
}

const MOST_SERVERS = 500;
/** A change that this process did not hear of counts after this long. */
const MAX_AGE_MS = 4_000;

/** What the servers offer, as last seen. */
@Injectable()
export class ToolsService implements OnModuleDestroy {
  private readonly known: HintedCache<ToolDefinition[]>;

  constructor(
    private readonly servers: ServersRepository,
    private readonly access: ServerAccess,
    private readonly snapshots: ToolSnapshotsRepository,
    private readonly health: ServerHealthService,
    hints: Hints,
  ) {
    this.known = new HintedCache(hints, { topic: serverTopic, size: MOST_SERVERS, maxAgeMs: MAX_AGE_MS });
  }

  onModuleDestroy(): void {
    this.known.close();
  }

  /** @throws AppError SERVER_NOT_FOUND, or SERVER_UNREACHABLE for one that never answered */
  async describe(principal: Principal, id: ServerId): Promise<ServerOffer> {
    await this.access.require(principal, id, 'see');
    const listed = await this.listTools(id);
    const scores = await assessAll(listed);
    const tools = listed.map((tool, index) => ({ ...tool, compatibility: scores[index] }));
    const server = await this.access.get(principal, id, 'see');
    return { tools, resourceCount: server.resourceCount ?? 0, promptCount: server.promptCount ?? 0 };
  }

  /**
   * For whoever was let in before. Asks the server when it was never seen.
   * @throws AppError SERVER_NOT_FOUND, SERVER_UNREACHABLE
   */
  async listTools(serverId: ServerId): Promise<ToolDefinition[]> {
    return this.known.get(serverId, () => this.load(serverId));
  }

  async findTool(serverId: ServerId, name: string): Promise<ToolDefinition | undefined> {
    return (await this.listTools(serverId)).find((tool) => tool.name === name);
  }

  private async load(serverId: ServerId): Promise<ToolDefinition[]> {
    const server = await this.servers.findForJob(serverId);
    if (!server) throw serverNotFound();
    if (!wasSeen(server)) await this.discover(serverId);
    return (await this.snapshots.list(serverId)).map((snapshot) => toDefinition(serverId, snapshot));
  }

  private async discover(serverId: ServerId): Promise<void> {
    const server = await this.health.checkIfThere(serverId);
    if (!server) throw serverNotFound();
    if (!wasSeen(server)) throw serverUnreachable(server.statusReason ?? 'It is busy.');
  }
}

const wasSeen = (server: McpServer) => server.toolCount !== null;
