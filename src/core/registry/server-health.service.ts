import { UpstreamError } from '@app/mcp-client';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import type { ServerId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import type { Principal } from '../identity/principal.js';
import { WebhookEvents } from '../webhooks/webhook-events.service.js';
import { nextCheckDelay } from './back-off.js';
import { checkKey, checkServer } from './check-server.job.js';
import {
  type ConnectionReport,
  fromError,
  fromReport,
  noAnswerWithin,
  type Observation,
  observe,
} from './observation.js';
import { type McpServer } from './server.js';
import { ServerAccess } from './server-access.service.js';
import { ServersRepository } from './servers.repository.js';
import { pinAll, type ToolSnapshot } from './tool-definition.js';
import { ToolObservations } from './tool-observations.service.js';
import { placeKey, UpstreamsService } from './upstreams.service.js';
import { hintServerChanged } from './server-hints.js';

/** A status younger than this is told without asking again. */
const FRESH_MS = 15_000;
/** No check holds a worker for longer, however patient the server's own timeout is. */
const MOST_CHECK_SECONDS = 30;
/** Longer than the longest back-off. */
const FORGOTTEN_MS = 20 * 60_000;
const MOST_FORGOTTEN = 1_000;

/** Whether the servers answer, and what they offer; asked in the background and by people. */
@Injectable()
export class ServerHealthService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly running = new Map<string, Promise<McpServer>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly servers: ServersRepository,
    private readonly access: ServerAccess,
    private readonly observations: ToolObservations,
    private readonly upstreams: UpstreamsService,
    private readonly events: WebhookEvents,
    private readonly jobs: Jobs,
    private readonly hints: Hints,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** A check that died with its worker for good is started again. */
  async onApplicationBootstrap(): Promise<void> {
    const before = new Date(this.clock.ms() - FORGOTTEN_MS);
    for (const id of await this.servers.listForgotten(before, MOST_FORGOTTEN)) await this.schedule(id, 1);
  }

  onModuleDestroy(): void {
    this.stopping.abort(new Error('The process is stopping.'));
  }

  /** Asks the server when the last answer is not fresh; within its timeout. */
  async status(principal: Principal, id: ServerId): Promise<McpServer> {
    const server = await this.access.get(principal, id, 'see');
    const age = this.clock.ms() - (server.lastCheckedAt?.getTime() ?? 0);
    return age < FRESH_MS ? server : this.check(server);
  }

  /** The staged report, on connections of its own, so that each stage is really seen. */
  async examine(
    principal: Principal,
    id: ServerId,
    { signal: gone }: { signal: AbortSignal },
  ): Promise<{ server: McpServer; report: ConnectionReport }> {
    const server = await this.access.get(principal, id, 'use');
    const scoped = new ScopedSignal([gone, this.stopping.signal]);
    try {
      const beganAt = this.clock.now();
      const report = await this.upstreams.probeServer(server, { signal: scoped.signal, user: principal.userId });
      scoped.signal.throwIfAborted();
      return { server: await this.record(server, fromReport(report), beganAt), report };
    } finally {
      scoped.end();
    }
  }

  /** For jobs: undefined when the server was deleted meanwhile. */
  async checkIfThere(
    id: ServerId,
    { signal, anew = false }: { signal?: AbortSignal; anew?: boolean | undefined } = {},
  ): Promise<McpServer | undefined> {
    const server = await this.servers.findForJob(id);
    if (server && anew) await this.running.get(placeKey(server))?.catch(() => undefined);
    return server && this.check(server, signal);
  }

  /** One at a time for each place; whoever asks meanwhile gets the same answer: the server as the check left it. */
  private check(server: McpServer, signal?: AbortSignal): Promise<McpServer> {
    const key = placeKey(server);
    const known = this.running.get(key);
    if (known) return known;
    const checked = this.checkAlone(server, signal).finally(() => this.running.delete(key));
    this.running.set(key, checked);
    return checked;
  }

  private async checkAlone(server: McpServer, outer?: AbortSignal): Promise<McpServer> {
    const stop = outer ? [outer, this.stopping.signal] : [this.stopping.signal];
    let beganAt = this.clock.now();
    const observation = await this.look(server, stop, () => {
      beganAt = this.clock.now();
    });
    // What was cut short by ourselves says nothing about the server.
    for (const signal of stop) signal.throwIfAborted();
    if (observation) return this.record(server, observation, beganAt);
    await this.schedule(server.id, server.failures);
    return server;
  }

  /** Undefined when all connections to it are in use: it is at work for somebody. */
  private async look(
    server: McpServer,
    stop: readonly AbortSignal[],
    onBegin: () => void,
  ): Promise<Observation | undefined> {
    const seconds = Math.min(server.timeout, MOST_CHECK_SECONDS);
    const scoped = new ScopedSignal(stop, seconds * 1_000);
    const { signal } = scoped;
    try {
      return await this.upstreams.withServer(server, { signal }, (session) => {
        onBegin();
        return observe(session, { signal });
      });
    } catch (error) {
      if (scoped.timedOut) return noAnswerWithin(seconds);
      if (error instanceof UpstreamError && error.code === 'UPSTREAM_BUSY') return undefined;
      return fromError(error);
    } finally {
      scoped.end();
    }
  }

  /** @param beganAt when the server was asked what tools it has */
  private async record(server: McpServer, observation: Observation, beganAt: Date): Promise<McpServer> {
    const now = this.clock.now();
    const { snapshots, leftOut } = observation.ok ? pinAll(observation.tools) : NOTHING_SEEN;
    if (leftOut.length > 0) this.logger.warn({ serverId: server.id, tools: leftOut.slice(0, 20) }, 'tools left out');
    let change = changeAfter(server, observation, snapshots, now);
    await this.database.transaction(async () => {
      // Changed while it was asked: that change has its own check ahead.
      const before = await this.servers.lock(server.id);
      if (!before) return;
      // Looked at since, by another process: that it failed before says nothing any more.
      if (!observation.ok && before.lastCheckedAt && before.lastCheckedAt > beganAt) return;
      // A call may have been told something newer meanwhile.
      const isLatest = observation.ok && (await this.servers.takeListing(server.id, beganAt));
      if (!isLatest) change = { ...change, toolCount: before.toolCount };
      if (!(await this.servers.updateIfSamePlace(server, change))) return;
      const toolsChanged = isLatest && (await this.observations.take(before, snapshots, now));
      await this.schedule(server.id, change.failures);
      if (change.status !== server.status) await this.tellOfHealth(server, change);
      if (toolsChanged || change.status !== server.status) {
        this.database.afterCommit(() => hintServerChanged(this.hints, server));
      }
    });
    return { ...server, ...change };
  }

  private async tellOfHealth(
    { id, name, organizationId, status: before }: McpServer,
    { status, statusReason }: Pick<McpServer, 'status' | 'statusReason'>,
  ): Promise<void> {
    const data = { server_id: id, name, status, previous_status: before, reason: statusReason };
    await this.events.record({ organizationId, type: 'server.health_changed', data });
  }

  private async schedule(serverId: ServerId, failures: number): Promise<void> {
    const runAt = new Date(this.clock.ms() + nextCheckDelay(failures));
    await this.jobs.enqueue(checkServer, { serverId }, { key: checkKey(serverId), runAt });
  }
}

const NOTHING_SEEN = { snapshots: [], leftOut: [] };

/** After a failure the last known tools and protocol stay. */
function changeAfter(
  server: McpServer,
  seen: Observation,
  snapshots: readonly ToolSnapshot[],
  now: Date,
): Partial<McpServer> & Pick<McpServer, 'status' | 'statusReason' | 'failures'> {
  if (!seen.ok) {
    const { status, reason } = seen;
    return { status, statusReason: reason, lastCheckedAt: now, failures: server.failures + 1 };
  }
  const { protocol, serverInfo, counts, latencyMs } = seen;
  return {
    status: 'online' as const,
    statusReason: null,
    latencyMs: latencyMs === undefined ? null : Math.round(latencyMs),
    lastCheckedAt: now,
    failures: 0,
    protocolVersion: protocol?.version ?? null,
    protocolEra: protocol?.era ?? null,
    serverInfo: serverInfo ? { name: serverInfo.name, version: serverInfo.version } : null,
    toolCount: snapshots.length,
    resourceCount: counts.resources,
    promptCount: counts.prompts,
  };
}
