import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProtocolError } from '@app/mcp-gateway';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type Place, placeAt } from '../../core/gateway/place.js';
import { callerAt, type GatewayCaller } from '../../core/gateway/gateway-caller.js';
import { Resources } from '../../core/oauth/resources.js';
import { McpGateway } from '../../core/gateway/mcp-gateway.service.js';
import { type Action, refusalOf } from '../../core/identity/permissions.js';
import type { Config } from '../../platform/config/config.js';
import { AppError, toAppError } from '../../platform/errors/app-error.js';
import { CONFIG } from '../../platform/tokens.js';
import { type Soon, whenHere } from '@app/soon';
import { LocalCaller } from '../../core/identity/local-caller.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { isThisMachine } from '../pipeline/this-machine.js';
import { AuthGuard } from '../pipeline/auth.guard.js';
import { DirectRoutes } from '../pipeline/direct-routes.js';
import { ErrorWriter } from '../pipeline/error-writer.js';
import { LightReply, LightRequest } from '../pipeline/light-exchange.js';
import { RequestHooks } from '../pipeline/request-hooks.js';
import { RequestLimits } from '../pipeline/request-limits.js';
import { requestHead } from '../pipeline/request-path.js';
import type { RequestHead } from '../pipeline/surface.js';
import { toRpcError } from './mcp.surface.js';
import { checkHost, checkOrigin } from './site-check.js';

/** What everybody may who connects; calls of tools ask for more. */
const ACTION: Action = 'servers.read';
const CORS = {
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
  'access-control-allow-headers':
    'authorization, content-type, accept, last-event-id, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name, traceparent',
  'access-control-max-age': '7200',
} as const;
const CALL = 'tools/call';
const MOST_HOSTS = 100;
const EXPOSED = 'mcp-session-id, mcp-protocol-version, www-authenticate, x-request-id, retry-after';

/** Brings requests at the gateway's addresses to it: past Nest and Fastify, under the same hooks, guard and errors as all others. */
@Injectable()
export class McpRoute implements OnModuleInit {
  /** Names that were found ours: few, and called by each request. */
  private readonly hosts = new Set<string>();

  constructor(
    private readonly routes: DirectRoutes,
    private readonly gateway: McpGateway,
    private readonly guard: AuthGuard,
    private readonly hooks: RequestHooks,
    private readonly limits: RequestLimits,
    private readonly errors: ErrorWriter,
    @Inject(CONFIG) private readonly config: Config,
    private readonly resources: Resources,
    private readonly local: LocalCaller,
  ) {}

  private get sites() {
    return { ...this.config.mcp, publicUrl: this.config.http.publicUrl };
  }

  onModuleInit(): void {
    this.routes.serveBelow('/mcp', (raw, response) => this.answer(raw, response));
  }

  private answer(raw: IncomingMessage, response: ServerResponse): void {
    const path = withoutQuery(raw.url ?? '');
    const place = placeAt(path);
    const request = new LightRequest(raw, patternOf(path, place), this.config.http.trustProxy);
    const reply = new LightReply(response);
    response.on('close', () => {
      // Of what the engine answered, too.
      reply.statusCode = response.statusCode;
      this.hooks.close(request, reply);
    });
    const fail = (error: unknown) => this.refuse(error, path, request, reply);
    this.hooks.open(request, reply, () =>
      this.hooks.check(request, reply, (refusal) => {
        if (refusal) return fail(refusal);
        try {
          const entered = this.enter(place, path, request, reply);
          if (entered instanceof Promise) entered.catch(fail);
        } catch (error) {
          fail(error);
        }
      }),
    );
  }

  private enter(place: Place | undefined, path: string, request: LightRequest, reply: LightReply): Soon<void> {
    const head = requestHead(request);
    if (!this.hosts.has(head.host)) this.judgeHost(head);
    const origin = head.headers.origin === undefined ? undefined : checkOrigin(head, this.sites);
    if (origin !== undefined) {
      reply.headers({
        'access-control-allow-origin': origin,
        vary: 'origin',
        'access-control-expose-headers': EXPOSED,
      });
      if (request.method === 'OPTIONS') return void reply.headers(CORS).status(204).send(Buffer.alloc(0));
    }
    if (!place) throw new AppError('not_found', 'NOT_FOUND', 'Nothing is served here.');
    const admitted = whenHere(this.localCaller(request), (local) => local ?? this.guard.admit(request, ACTION));
    return whenHere(admitted, (principal) => {
      // The engine refuses a header that does not tell what the body does, and what no header tells is refused by the body.
      const refusal = refusalOf(principal, 'tools.call');
      if (refusal && request.headers['mcp-method'] === CALL) throw refusal;
      const refuse = refusal && ((method: string) => this.refusalOf(method, refusal, path, request));
      const caller = callerAt(principal, place);
      return whenHere(this.gateway.find(caller), () => this.hand(caller, request, reply, refuse));
    });
  }

  /** To the engine, which always answers. */
  private hand(
    caller: GatewayCaller,
    request: LightRequest,
    reply: LightReply,
    refuse: ((method: string) => ProtocolError | undefined) | undefined,
  ): void {
    reply.hijack();
    const { raw } = reply;
    // RFC 9110, 10.1.1: whoever asks first whether to send a body has been let in now.
    if (request.headers.expect !== undefined) raw.writeContinue();
    void this.gateway.handle(request.raw, raw, caller, reply.headerList, refuse);
  }

  /** @throws 403 */
  private judgeHost(head: RequestHead): void {
    checkHost(head, this.sites);
    if (this.hosts.size < MOST_HOSTS) this.hosts.add(head.host);
  }

  /** Where the instance is open to programs on its own machine; by the address of the peer, never by what a header says. */
  private localCaller(request: LightRequest): Soon<Principal | undefined> {
    const { openOnLoopback } = this.config.mcp;
    const { authorization, origin } = request.headers;
    // A page, of whatever origin, is no program of this machine.
    if (!openOnLoopback || authorization !== undefined || origin !== undefined) return undefined;
    if (!isThisMachine(request.raw)) return undefined;
    return this.local.find();
  }

  /** Of calls by an older client, whose headers do not tell: a scope that is missing can be asked for all the same. */
  private refusalOf(
    method: string,
    refusal: AppError,
    path: string,
    { id, host }: LightRequest,
  ): ProtocolError | undefined {
    if (method !== CALL) return undefined;
    const { status, body } = toRpcError(refusal, { requestId: id });
    const { code, message, data } = body.error;
    const challenge = this.challengeOf(refusal, path, host);
    return new ProtocolError(code, message, { status, headers: Object.entries(challenge).flat(), data });
  }

  /** For a scope that is missing (MCP, Authorization, Scope Challenge Handling). */
  private challengeOf({ code }: AppError, path: string, host: string): Record<string, string> {
    return code === 'SCOPE_MISSING' ? challengeOf('insufficient_scope', this.resources.metadataUrl(path, host)) : {};
  }

  /** Who shows nothing that counts is told how to sign in (RFC 9728, 5.1), and counted by the address. */
  private refuse(thrown: unknown, path: string, request: LightRequest, reply: LightReply): void {
    const error = toAppError(thrown);
    if (error.kind !== 'unauthenticated') {
      return this.errors.write(thrown, request, reply, this.challengeOf(error, path, request.host));
    }
    const { code } = error;
    const metadata = this.resources.metadataUrl(path, request.host);
    const challenge = challengeOf(code === 'CREDENTIAL_MISSING' ? undefined : 'invalid_token', metadata);
    const write = (error: unknown) => this.errors.write(error, request, reply, challenge);
    try {
      const counted = this.limits.countAddress(request, reply, 'general');
      if (counted instanceof Promise) return void counted.then(() => write(thrown), write);
      write(thrown);
    } catch (limited) {
      this.errors.write(limited, request, reply);
    }
  }
}

const challengeOf = (fault: string | undefined, metadata: string): Record<string, string> => ({
  'www-authenticate': `Bearer ${fault ? `error="${fault}", ` : ''}resource_metadata="${metadata}", scope="mcp:read mcp:execute"`,
});

function withoutQuery(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** One for each kind of place: metrics are told apart by it. */
const patternOf = (path: string, place: Place | undefined): string =>
  path === '/mcp' ? path : place?.kind === 'server' ? '/mcp/s/*' : place?.kind === 'toolset' ? '/mcp/t/*' : '/mcp/*';
