import type { UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import type { ServerId } from '../../platform/ids.js';
import { serverTopic } from './server.js';
import { ServersRepository } from './servers.repository.js';
import { pinAll, type ToolSnapshot } from './tool-definition.js';
import { ToolObservations } from './tool-observations.service.js';
import type { ListedTool } from './tool-state.js';

/** For tools that only read, a listing of the last seconds will do; before a write the server is asked anew. */
const FRESH_MS = 5_000;
const MOST_SERVERS = 500;

interface Listing {
  pins: ReadonlyMap<string, string>;
  at: number;
}

/** Makes sure, on the very session of a call, that the server still offers what was approved. */
@Injectable()
export class ToolConfirmation {
  private readonly listings = new Map<ServerId, Listing>();

  constructor(
    private readonly database: Database,
    private readonly servers: ServersRepository,
    private readonly observations: ToolObservations,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** @throws UpstreamError when the server does not tell */
  async confirm(
    session: UpstreamSession,
    tool: ListedTool,
    { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  ): Promise<'same' | 'changed' | 'gone'> {
    const known = this.listings.get(tool.serverId);
    const isFresh = known !== undefined && performance.now() - known.at < FRESH_MS;
    const pins = tool.readOnly && isFresh ? known.pins : await this.list(session, tool, { signal, timeoutMs });
    const pin = pins.get(tool.name);
    if (pin === undefined) return 'gone';
    return pin === tool.pin ? 'same' : 'changed';
  }

  private async list(
    session: UpstreamSession,
    tool: ListedTool,
    wait: { signal: AbortSignal; timeoutMs: number },
  ): Promise<ReadonlyMap<string, string>> {
    const { serverId, name, pin } = tool;
    const { snapshots } = pinAll(await session.listTools(wait));
    const pins = new Map(snapshots.map((snapshot) => [snapshot.definition.name, snapshot.pin]));
    this.listings.delete(serverId);
    this.listings.set(serverId, { pins, at: performance.now() });
    const [oldest] = this.listings.keys();
    if (this.listings.size > MOST_SERVERS && oldest !== undefined) this.listings.delete(oldest);
    if (pins.get(name) !== pin) await this.take(tool, snapshots);
    return pins;
  }

  /** What was seen in the middle of a call counts as a check does: the tool is in quarantine before anybody tries again. */
  private async take({ serverId, accountVersion }: ListedTool, snapshots: readonly ToolSnapshot[]): Promise<void> {
    await this.database.transaction(async () => {
      const server = await this.servers.lock(serverId);
      if (server?.accountVersion !== accountVersion) return;
      if (!(await this.observations.take(server, snapshots, this.clock.now()))) return;
      this.database.afterCommit(() => this.hints.publish(serverTopic(serverId)));
    });
  }
}
