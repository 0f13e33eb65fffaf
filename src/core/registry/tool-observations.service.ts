import { Injectable } from '@nestjs/common';
import type { McpServer } from './server.js';
import type { PinnedTool, ToolSnapshot } from './tool-definition.js';
import { ToolCallersRepository } from './tool-callers.repository.js';
import { ToolNews } from './tool-news.js';
import { recogniseRenames } from './tool-renames.js';
import { effectivePolicy, stateOnSight, type ToolRecord } from './tool-state.js';
import { type StateChange, ToolStatesRepository } from './tool-states.repository.js';
import { ToolSnapshotsRepository } from './tool-snapshots.repository.js';

/** Takes over what a look at a server showed: which tools it has, and how far each is trusted then. */
@Injectable()
export class ToolObservations {
  constructor(
    private readonly snapshots: ToolSnapshotsRepository,
    private readonly states: ToolStatesRepository,
    private readonly callers: ToolCallersRepository,
    private readonly news: ToolNews,
  ) {}

  /**
   * In the caller's transaction, with the server locked.
   * @param server as it was before; without a count of tools it was never seen
   * @returns whether anything is different
   */
  async take(server: McpServer, snapshots: readonly ToolSnapshot[], now: Date): Promise<boolean> {
    if (!(await this.snapshots.replace(server.id, snapshots, now))) return false;
    const known = new Map((await this.states.list(server.id)).map((record) => [record.name, record]));
    const names = snapshots.map(({ definition }) => definition.name);
    const gone = await this.states.markGone(server.id, names);
    const fresh = snapshots.filter(({ pin, definition: { name } }) => {
      const record = known.get(name);
      return !record?.present || record.pin !== pin;
    });
    const changes = await this.judge(server, fresh, known, gone);
    if (changes.length > 0) await this.states.see(server.id, changes, now);
    const renamed = changes.filter(({ renamedFrom }) => renamedFrom !== null).map(({ name }) => name);
    if (renamed.length > 0) await this.callers.inherit(server.id, renamed);
    if (changes.length + gone.length > 0) {
      await this.news.seen(server, changes, { known, gone, isFirst: server.toolCount === null });
      await this.states.trim(server.id);
    }
    return true;
  }

  private async judge(
    server: McpServer,
    fresh: readonly ToolSnapshot[],
    known: ReadonlyMap<string, ToolRecord>,
    gone: readonly ToolRecord[],
  ): Promise<StateChange[]> {
    const isFirst = server.toolCount === null;
    const statuses = await this.states.statusesOf(server.id, fresh);
    const came = fresh.flatMap(({ definition }) => (known.has(definition.name) ? [] : [definition]));
    const renames = await this.renames(server, gone, came);
    return fresh.map(({ pin, definition }) => {
      const { name } = definition;
      const record = known.get(name);
      const { state, rule } = stateOnSight({
        version: statuses.get(name),
        known: record !== undefined,
        isFirst,
        rule: ruleOf(server, record),
      });
      return { name, pin, definition, state, rule, renamedFrom: renames.get(name) ?? null };
    });
  }

  private async renames(
    server: McpServer,
    gone: readonly ToolRecord[],
    came: readonly PinnedTool[],
  ): Promise<ReadonlyMap<string, string>> {
    if (gone.length === 0 || came.length === 0) return new Map();
    const names = gone.map(({ name }) => name);
    return recogniseRenames(await this.states.definitionsOf(server.id, names), came);
  }
}

/** By which a definition that nobody approved is approved when it appears. */
function ruleOf(server: McpServer, tool: ToolRecord | undefined): string | undefined {
  if (server.demo) return 'the demo server is a part of this instance';
  return effectivePolicy(tool, server) === 'auto_approve' ? 'this server runs without asking' : undefined;
}
