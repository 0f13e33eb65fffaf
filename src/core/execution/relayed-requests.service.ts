import { type RelayedAnswer, UpstreamError, type UpstreamSession } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { AppError } from '../../platform/errors/app-error.js';
import { newId, type ServerId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { type Upstream, UpstreamsService } from '../registry/upstreams.service.js';
import { toPreview } from './answer.js';
import { toUnanswered, unavailable } from './call-faults.js';
import { type AskedCall, CallLog } from './call-log.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { faultOf, resourcesNotGranted } from './execution.errors.js';
import { reachesWholeServer } from '../identity/reach.js';
import type { RelayListener, RelayOutcome } from './relay.js';
import type { RequestMethod } from './request-log-row.js';

/** What is no call of a tool, and is read without asking anybody. */
export interface WantedRequest {
  serverId: ServerId;
  method: 'resources/read' | 'prompts/get' | 'completion/complete' | 'tasks/get' | 'tasks/update' | 'tasks/cancel';
  params: Record<string, unknown>;
  /** For the log: what of the server is meant. */
  subject: string;
  input?: { responses?: Record<string, unknown>; state?: string } | undefined;
}

const LOGGED: ReadonlySet<string> = new Set<RequestMethod>(['resources/read', 'prompts/get']);

/** Requests to servers, other than calls of tools, that are handed on as they are. */
@Injectable()
export class RelayedRequests {
  constructor(
    private readonly access: ServerAccess,
    private readonly upstreams: UpstreamsService,
    private readonly circuits: CircuitBreakers,
    private readonly log: CallLog,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError of access */
  async relay(principal: Principal, wanted: WantedRequest, listener: RelayListener): Promise<RelayOutcome> {
    const { serverId, method, params, subject } = wanted;
    const start = this.log.start();
    const isLogged = LOGGED.has(method);
    const asked: AskedCall = {
      door: 'gateway',
      method: method as RequestMethod,
      serverId,
      tool: subject,
      request: params,
    };
    try {
      await this.access.requireLately(principal, serverId, 'use');
      if (!reachesWholeServer(principal, serverId) && !method.startsWith('tasks/')) throw resourcesNotGranted();
      asked.serverName = (await this.upstreams.describe(serverId)).name;
    } catch (error) {
      if (isLogged) this.log.refused(principal, asked, error, start);
      throw error;
    }
    const outcome = await this.ask(principal, wanted, listener);
    const id = newId('log', this.clock.ms());
    if (isLogged) this.log.read(principal, asked, { id, ...toRead(outcome) }, start);
    return outcome;
  }

  private async ask(
    { userId }: Principal,
    { serverId, method, params, input }: WantedRequest,
    { signal, ...listener }: RelayListener,
  ): Promise<RelayOutcome> {
    let upstream: Upstream;
    try {
      upstream = await this.upstreams.find(serverId, userId);
    } catch (error) {
      return toUnanswered(error, signal, 0);
    }
    const place = upstream.target.key;
    const timeoutMs = upstream.server.timeout * 1_000;
    const entered = this.circuits.enter(serverId, place);
    if (!entered.allowed) return unavailable(entered.retryAfterSeconds);
    const leave = (error?: unknown) => this.circuits.leave(serverId, place, error, entered);
    const work = (session: UpstreamSession): Promise<RelayedAnswer> =>
      session.relay({ method, params, ...(input && { input }) }, { ...listener, signal, timeoutMs });
    try {
      const answer = await this.upstreams.use(upstream, { signal, timeoutMs }, work);
      leave();
      return { status: 'answered', answer };
    } catch (error) {
      leave(signal.aborted ? new Error('Cancelled.') : error);
      if (!signal.aborted && error instanceof UpstreamError && error.code === 'UPSTREAM_ERROR' && error.rpc) {
        return { status: 'refused', error: error.rpc };
      }
      return toUnanswered(error, signal, timeoutMs);
    }
  }
}

function toRead(outcome: RelayOutcome): { error?: AppError; response?: unknown } {
  if (outcome.status === 'answered') return { response: { toJSON: () => outcome.answer.result() } };
  const { code, message } =
    outcome.status === 'refused'
      ? { code: 'UPSTREAM_ERROR', message: toPreview(outcome.error.message) }
      : faultOf(outcome);
  return { error: new AppError('upstream_failed', code, message) };
}
