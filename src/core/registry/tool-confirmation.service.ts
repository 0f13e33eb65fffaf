import type { Deadline, UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { ServersRepository } from './servers.repository.js';
import { SharedListings } from './shared-listings.js';
import { pinAll, type ToolSnapshot } from './tool-definition.js';
import { ToolObservations } from './tool-observations.service.js';
import type { ListedTool } from './tool-state.js';
import { hintServerChanged } from './server-hints.js';

/** Makes sure, before each call, that the server still offers what was approved. */
@Injectable()
export class ToolConfirmation {
  private readonly listings = new SharedListings();

  constructor(
    private readonly database: Database,
    private readonly servers: ServersRepository,
    private readonly observations: ToolObservations,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /**
   * By a listing that began after the call came.
   * @param place the `key` of the session's target
   * @throws UpstreamError when the server does not tell
   */
  async confirm(
    session: UpstreamSession,
    tool: ListedTool,
    place: string,
    deadline: Deadline,
  ): Promise<'same' | 'changed' | 'gone'> {
    const pin = (await this.listings.pins(session, place, deadline)).get(tool.name);
    if (pin === tool.pin) return 'same';
    const beganAt = this.clock.now();
    const { snapshots } = pinAll(await session.listTools({ deadline }));
    await this.take(tool, snapshots, { beganAt, isGone: pin === undefined });
    return pin === undefined ? 'gone' : 'changed';
  }

  /** What was seen in the middle of a call counts as a check does: the tool is in quarantine before anybody tries again. */
  private async take(
    { serverId, accountVersion }: ListedTool,
    snapshots: readonly ToolSnapshot[],
    { beganAt, isGone }: { beganAt: Date; isGone: boolean },
  ): Promise<void> {
    await this.database.transaction(async () => {
      const server = await this.servers.lock(serverId);
      if (server?.accountVersion !== accountVersion) return;
      // Not offered to one account, which says nothing of the others.
      if (isGone && server.oauth?.account === 'per_user') return;
      if (!(await this.servers.takeListing(serverId, beganAt))) return;
      if (!(await this.observations.take(server, snapshots, this.clock.now()))) return;
      this.database.afterCommit(() => hintServerChanged(this.hints, server));
    });
  }
}
