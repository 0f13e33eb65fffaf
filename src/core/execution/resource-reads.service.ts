import { type Interruption, UpstreamError, type UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { AppError } from '../../platform/errors/app-error.js';
import { newId, type ServerId, type UserId } from '../../platform/ids.js';
import type { Door } from '../approvals/approval-request.js';
import type { Principal } from '../identity/principal.js';
import { reachesWholeServer } from '../identity/reach.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { placeKey, UpstreamsService } from '../registry/upstreams.service.js';
import { toPreview } from './answer.js';
import { unavailable } from './call-faults.js';
import { type AskedCall, CallLog } from './call-log.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { notSent, resourceNotFound, resourcesNotGranted } from './execution.errors.js';
import { toListedResources, type ListedResources, type ResourceContent, toResourceContents } from './resource.js';
import { expandUriTemplate } from './uri-template.js';

export interface ReadResource {
  contents: ResourceContent[];
  durationMs: number;
  logId: string;
}

interface Wait {
  signal: Interruption;
}

/** Resources of servers, for whoever may use these; they are read without asking anybody. */
@Injectable()
export class ResourceReads {
  constructor(
    private readonly access: ServerAccess,
    private readonly upstreams: UpstreamsService,
    private readonly circuits: CircuitBreakers,
    private readonly log: CallLog,
    private readonly clock: Clock,
  ) {}

  /** Asked anew each time. @throws AppError of access, or of the upstream */
  async list(principal: Principal, serverId: ServerId, { signal }: Wait): Promise<ListedResources> {
    await this.require(principal, serverId);
    return this.listFrom({ serverId, user: principal.userId }, { signal });
  }

  /** By its URI. */
  async read(principal: Principal, door: Door, serverId: ServerId, uri: string, wait: Wait): Promise<ReadResource> {
    const start = this.log.start();
    const logId = newId('log', this.clock.ms());
    const asked: AskedCall = { door, method: 'resources/read', serverId, tool: uri, request: { uri } };
    try {
      await this.require(principal, serverId);
      asked.serverName = (await this.upstreams.describe(serverId)).name;
      const contents = await this.ask({ serverId, user: principal.userId }, wait, async (session, within) =>
        toResourceContents(await session.readResource(uri, within())),
      );
      this.log.read(principal, asked, { id: logId, response: contents }, start);
      return { contents, durationMs: performance.now() - start.tick, logId };
    } catch (error) {
      if (error instanceof AppError && NOT_READ.has(error.kind)) {
        this.log.read(principal, asked, { id: logId, error }, start);
      } else this.log.refused(principal, asked, error, start);
      throw error;
    }
  }

  /**
   * The URI of what is named: a URI itself, the name of a resource, or the name of a template whose variables are given.
   * @returns undefined where the server has no such resource
   */
  async findUri(
    principal: Principal,
    serverId: ServerId,
    named: string,
    variables: Record<string, unknown>,
    wait: Wait,
  ): Promise<string | undefined> {
    if (/^[a-z][a-z0-9+.-]*:/i.test(named)) return named;
    const { resources, templates } = await this.list(principal, serverId, wait);
    const resource = resources.find(({ name }) => name === named);
    if (resource) return resource.uri;
    const template = templates.find(({ name }) => name === named);
    return template && expandUriTemplate(template.uriTemplate, variables);
  }

  private async require(principal: Principal, serverId: ServerId): Promise<void> {
    await this.access.requireLately(principal, serverId, 'use');
    if (!reachesWholeServer(principal, serverId)) throw resourcesNotGranted();
  }

  private async listFrom(of: { serverId: ServerId; user: UserId }, wait: Wait): Promise<ListedResources> {
    return this.ask(of, wait, async (session, within) =>
      toListedResources(await session.listResources(within()), await session.listResourceTemplates(within())),
    );
  }

  /** As calls of tools go: not where a server is known to be away, and all of it within the one timeout of the server. */
  private async ask<T>(
    { serverId, user }: { serverId: ServerId; user: UserId },
    { signal }: Wait,
    work: (session: UpstreamSession, within: () => Wait & { timeoutMs: number }) => Promise<T>,
  ): Promise<T> {
    const server = await this.upstreams.describe(serverId);
    const place = placeKey(server);
    const entered = this.circuits.enter(serverId, place);
    if (!entered.allowed) throw notSent(unavailable(entered.retryAfterSeconds));
    const until = performance.now() + server.timeout * 1_000;
    const within = () => ({ signal, user, timeoutMs: Math.max(1, until - performance.now()) });
    try {
      const answer = await this.upstreams.withSession(serverId, within(), (session) => work(session, within));
      this.circuits.leave(serverId, place, undefined, entered);
      return answer;
    } catch (error) {
      this.circuits.leave(serverId, place, signal.aborted ? new Error('Cancelled.') : error, entered);
      throw toReadError(error);
    }
  }
}

/** What came of the server, or of the way to it. */
const NOT_READ: ReadonlySet<AppError['kind']> = new Set(['upstream_failed', 'unavailable']);

/** JSON-RPC's invalid params, and MCP's own: there is no such resource. */
const NOT_THERE = new Set([-32002, -32602]);

function toReadError(error: unknown): unknown {
  if (!(error instanceof UpstreamError)) return error;
  if (error.rpc && NOT_THERE.has(error.rpc.code)) return resourceNotFound();
  if (error.code === 'UPSTREAM_BUSY') {
    return new AppError('unavailable', error.code, toPreview(error.message), { retryAfterSeconds: 1 });
  }
  return new AppError('upstream_failed', error.code, toPreview(error.message));
}
