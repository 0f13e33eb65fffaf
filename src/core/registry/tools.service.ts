import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import type { ServerId } from '../../platform/ids.js';
import { type Soon, whenHere } from '@app/soon';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from './access.js';
import { HintedCache } from './hinted-cache.js';
import { serverNotFound, serverUnreachable, toolNotFound } from './registry.errors.js';
import { type McpServer, serverTopic } from './server.js';
import { ServerHealthService } from './server-health.service.js';
import { ServerAccess } from './server-access.service.js';
import { ServersRepository } from './servers.repository.js';
import { callersSeenBy, mayCallTool } from './tool-callers.js';
import { effectivePolicy, type ListedTool, type ToolStanding } from './tool-state.js';
import { ToolStatesRepository } from './tool-states.repository.js';
import { assessAll, type ToolCompatibility } from './tool-compatibility.js';
import { ToolSnapshotsRepository } from './tool-snapshots.repository.js';
import { UpstreamsService } from './upstreams.service.js';

/** A tool as people are shown it. */
export type DescribedTool = ListedTool & {
  compatibility: ToolCompatibility | undefined;
  /** Whether who asks may call it. */
  mayCall: boolean;
  effectivePolicy: ApprovalPolicy;
};

export interface ServerOffer {
  tools: DescribedTool[];
  resourceCount: number;
  promptCount: number;
}

/** What a server was seen to offer, in its order and by name: with each call one of what may be thousands is looked for. */
interface SeenTools {
  all: ListedTool[];
  byName: ReadonlyMap<string, ListedTool>;
}

const MOST_SERVERS = 500;
/** A change that this process did not hear of counts after this long. */
const MAX_AGE_MS = 4_000;
/** Most servers have answered by then. */
const FIRST_LOOK_MS = 2_000;

/** What the servers offer, as last seen. */
@Injectable()
export class ToolsService implements OnModuleDestroy {
  private readonly known: HintedCache<SeenTools>;
  private readonly firstLooks = new Map<ServerId, Promise<boolean>>();

  constructor(
    private readonly servers: ServersRepository,
    private readonly access: ServerAccess,
    private readonly snapshots: ToolSnapshotsRepository,
    private readonly states: ToolStatesRepository,
    private readonly health: ServerHealthService,
    private readonly upstreams: UpstreamsService,
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
    const server = await this.access.get(principal, id, 'see');
    const tools = await this.assess(principal, server, listed);
    return { tools, resourceCount: server.resourceCount ?? 0, promptCount: server.promptCount ?? 0 };
  }

  /** @throws as `describe`, and TOOL_NOT_FOUND */
  async describeTool(principal: Principal, id: ServerId, name: string): Promise<DescribedTool> {
    const server = await this.access.get(principal, id, 'see');
    const tool = await this.findTool(id, name);
    const [described] = tool ? await this.assess(principal, server, [tool]) : [];
    if (!described) throw toolNotFound();
    return described;
  }

  /**
   * For whoever was let in before. Asks the server when it was never seen.
   * @throws AppError SERVER_NOT_FOUND, SERVER_UNREACHABLE
   */
  async listTools(serverId: ServerId): Promise<ListedTool[]> {
    return this.listLately(serverId);
  }

  /** As `listTools`, at once where it was read at most a few seconds ago. */
  listLately(serverId: ServerId): Soon<ListedTool[]> {
    return whenHere(this.findLately(serverId), ({ all }) => all);
  }

  /**
   * As `listTools`, but of a server that was never seen none, and it is not asked. One that was registered just now is
   * waited for, a moment and once.
   */
  async listSeenTools(serverId: ServerId): Promise<ListedTool[]> {
    try {
      return (await this.readSeen(serverId)).all;
    } catch (error) {
      if (!(error instanceof NeverSeen)) throw error;
      if (!error.isNew || !(await this.firstLook(serverId))) return [];
      return this.snapshots.list(serverId);
    }
  }

  /** As `listTools`. */
  findTool(serverId: ServerId, name: string): Soon<ListedTool | undefined> {
    return whenHere(this.findLately(serverId), ({ byName }) => byName.get(name));
  }

  /** As the tables have it now, without asking the server: in a transaction, too. */
  async readTool(serverId: ServerId, name: string): Promise<ListedTool | undefined> {
    return (await this.snapshots.list(serverId)).find((tool) => tool.name === name);
  }

  /** What is decided about the tools of these servers, as the tables have it now: by server, then by name. */
  async standings(serverIds: readonly ServerId[]): Promise<ReadonlyMap<string, ReadonlyMap<string, ToolStanding>>> {
    const lists = await Promise.all(serverIds.map((id) => this.states.listStandings(id)));
    return new Map(serverIds.map((id, index) => [id, lists[index] ?? new Map()]));
  }

  /** The definitions that are approved and offered now. */
  async listApprovedPins(serverId: ServerId): Promise<string[]> {
    return this.states.listApprovedPins(serverId);
  }

  private async assess(
    principal: Principal,
    server: VisibleServer,
    tools: readonly ListedTool[],
  ): Promise<DescribedTool[]> {
    const scores = await assessAll(tools);
    return tools.map((tool, index) => ({
      ...tool,
      compatibility: scores[index],
      effectivePolicy: effectivePolicy(tool, server),
      callers: callersSeenBy(principal, server.level, tool),
      mayCall: mayCallTool(principal, server.level, tool),
    }));
  }

  private findLately(serverId: ServerId): Soon<SeenTools> {
    const seen = this.readSeen(serverId);
    if (!(seen instanceof Promise)) return seen;
    return seen.catch(async (error: unknown) => {
      if (error instanceof NeverSeen) return toSeen(await this.listAsked(serverId));
      throw error;
    });
  }

  /** What the tables have. Nobody who shares it waits for the server itself, which may hang. */
  private readSeen(serverId: ServerId): Soon<SeenTools> {
    return this.known.get(serverId, () => this.loadSeen(serverId));
  }

  private async loadSeen(serverId: ServerId): Promise<SeenTools> {
    const server = await this.servers.findForJob(serverId);
    if (!server || !wasSeen(server)) throw new NeverSeen(server?.lastCheckedAt === null);
    return toSeen(await this.snapshots.list(serverId));
  }

  /** Of one that was never seen. */
  private async listAsked(serverId: ServerId): Promise<ListedTool[]> {
    await this.discover(serverId);
    return this.snapshots.list(serverId);
  }

  /** @returns whether it was seen by then */
  private firstLook(serverId: ServerId): Promise<boolean> {
    const before = this.firstLooks.get(serverId);
    if (before) return before;
    if (this.firstLooks.size >= MOST_SERVERS) this.firstLooks.clear();
    const look = this.discover(serverId).then(
      () => true,
      () => false,
    );
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, FIRST_LOOK_MS, false).unref());
    const looked = Promise.race([look, late]);
    this.firstLooks.set(serverId, looked);
    return looked;
  }

  private async discover(serverId: ServerId): Promise<void> {
    const server = await this.health.checkIfThere(serverId);
    if (!server) throw serverNotFound();
    if (wasSeen(server)) return;
    // Who has to sign in is told so.
    await this.upstreams.find(serverId);
    throw serverUnreachable(server.statusReason ?? 'It is busy.');
  }
}

const toSeen = (all: ListedTool[]): SeenTools => ({ all, byName: new Map(all.map((tool) => [tool.name, tool])) });

/** Not kept, as no failure is: the next to ask may want the server to be asked. */
class NeverSeen extends Error {
  /** @param isNew it is there, and was not even looked at */
  constructor(readonly isNew: boolean) {
    super();
  }
}

const wasSeen = (server: McpServer) => server.toolCount !== null;
