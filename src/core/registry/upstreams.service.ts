import { createEgressGuard, type EgressGuard, EgressRefused } from '@app/egress';
import {
  type Interruption,
  type Listed,
  probe,
  UpstreamError,
  UpstreamPool,
  type UpstreamPoolOptions,
  type UpstreamSession,
  type UpstreamTarget,
} from '@app/mcp-client';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { AppError } from '../../platform/errors/app-error.js';
import { Hints } from '../../platform/hints/hints.js';
import type { ServerId, UserId } from '../../platform/ids.js';
import { type Soon, whenHere } from '@app/soon';
import { CONFIG } from '../../platform/tokens.js';
import { AccountSessions, type SignedIn } from '../upstream-accounts/account-sessions.service.js';
import { type ConnectionReport, withSchemas } from './observation.js';
import { DemoServer } from './demo-server.port.js';
import { HintedCache } from './hinted-cache.js';
import { egressRefused, serverNotFound } from './registry.errors.js';
import { type McpServer, serverTopic } from './server.js';
import { ServerCredentials } from './server-credentials.js';
import { PackageLaunches } from './package-launches.service.js';
import { toSignInPlace } from './oauth-settings.js';
import { toSentHeaders } from './request-headers.js';
import { offersTopic, type OfferHint } from './server-hints.js';
import { isLiteralHost } from './server-url.js';
import { ServersRepository } from './servers.repository.js';

/** Where an MCP server is and how to get in. */
export type Place = Pick<McpServer, 'url' | 'transport' | 'timeout' | 'sslVerify'> &
  Partial<Pick<McpServer, 'requestHeaders' | 'clientFeatures'>>;

/** A server as it was last read, and the way to it. */
export interface Upstream {
  server: McpServer;
  /** Its `key` is the same text for the same account at the same place, asked in the same way. */
  target: UpstreamTarget;
}

/** A guard, and what is connected through it. */
interface Gate {
  guard: EgressGuard;
  pool: UpstreamPool;
}

const MOST_TARGETS = 500;
/** A change that this process did not hear of counts after this long. */
const MAX_AGE_MS = 4_000;

/** The one way to the servers of the registry: their connections, shared, behind the egress guard. */
@Injectable()
export class UpstreamsService implements OnApplicationShutdown {
  private readonly ordinary: Gate;
  /** Only rows that are our demo server may use its exemption. */
  private readonly demo: Gate;
  private readonly resolved: HintedCache<Upstream>;
  private heardOfTools: (serverId: ServerId) => void = () => undefined;

  constructor(
    private readonly servers: ServersRepository,
    private readonly credentials: ServerCredentials,
    private readonly packages: PackageLaunches,
    private readonly accounts: AccountSessions,
    demoServer: DemoServer,
    hints: Hints,
    @Inject(CONFIG) { egress }: Config,
  ) {
    const tell = (key: string, said: OfferHint) => hints.publish(offersTopic(serverOf(key)), said);
    const listener: UpstreamPoolOptions = {
      onChanged: (key: string, what: Listed) => {
        if (what === 'tools') this.heardOfTools(serverOf(key));
        else tell(key, { changed: what });
      },
      onResourceUpdated: (key, updated) => tell(key, { updated }),
    };
    this.ordinary = openGate(egress, listener);
    const ofDemo = {
      ...egress,
      exemptOrigins: () => {
        const origin = demoServer.origin();
        return origin === undefined ? [] : [origin];
      },
    };
    this.demo = openGate(ofDemo, listener);
    this.resolved = new HintedCache(hints, {
      topic: serverTopic,
      size: MOST_TARGETS,
      maxAgeMs: MAX_AGE_MS,
      onDrop: (known, hint) => {
        if ((hint as { moved?: boolean } | null)?.moved)
          void Promise.resolve(known).then(
            (one) => this.forget(one),
            () => undefined,
          );
      },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.resolved.close();
    await Promise.all([this.ordinary, this.demo].map(({ pool }) => pool.close()));
    await Promise.all([this.ordinary, this.demo].map(({ guard }) => guard.close()));
  }

  /** Has the one listener told of servers that say, on an open connection, that they offer other tools now. */
  onToolsChanged(listener: (serverId: ServerId) => void): void {
    this.heardOfTools = listener;
  }

  /**
   * Lends a session with the server to `work`, which was let in before.
   * @param wait.timeoutMs for the session; absent: the timeout of the server
   * @param wait.user on whose behalf, as in `find`
   * @throws UpstreamError of the connection or of what `work` calls; AppError as `find`
   */
  async withSession<T>(
    serverId: ServerId,
    wait: { signal?: Interruption; timeoutMs?: number; user?: UserId },
    work: (session: UpstreamSession, server: McpServer) => Promise<T>,
  ): Promise<T> {
    const upstream = await this.find(serverId, wait.user);
    return this.use(upstream, wait, (session) => work(session, upstream.server));
  }

  /**
   * As `withSession`, with a server that was found before.
   * @throws UpstreamError of the connection or of what `work` calls; AppError UPSTREAM_SIGN_IN_NEEDED
   */
  use<T>(
    { server, target }: Upstream,
    wait: { signal?: Interruption; timeoutMs?: number },
    work: (session: UpstreamSession) => Promise<T>,
  ): Promise<T> {
    const used = this.gateOf(server).pool.withSession(target, wait, work);
    return target.authorize ? used.catch(tellSignIn) : used;
  }

  /**
   * As last read: at most a few seconds ago. For whoever was let in before.
   * @param user whose account there is used, where each has their own; undefined: nobody's in particular
   * @throws AppError SERVER_NOT_FOUND, CREDENTIALS_UNREADABLE, UPSTREAM_SIGN_IN_NEEDED
   */
  find(serverId: ServerId, user?: UserId): Soon<Upstream> {
    return whenHere(this.read(serverId), (upstream) => {
      const place = upstream.server.oauth && toSignInPlace(upstream.server);
      return place ? signedInAs(upstream, this.accounts.of(place, user)) : upstream;
    });
  }

  private read(serverId: ServerId): Soon<Upstream> {
    return this.resolved.get(serverId, () => this.resolve(serverId));
  }

  /** @throws AppError SERVER_NOT_FOUND, CREDENTIALS_UNREADABLE */
  describe(serverId: ServerId): Soon<McpServer> {
    return whenHere(this.read(serverId), ({ server }) => server);
  }

  /** The same for a server whose row is at hand. */
  async withServer<T>(
    server: McpServer,
    { signal }: { signal: AbortSignal },
    work: (session: UpstreamSession) => Promise<T>,
  ): Promise<T> {
    const upstream = await this.readNow(server, undefined);
    return this.use(upstream, { signal }, work);
  }

  /** @throws AppError UPSTREAM_SIGN_IN_NEEDED */
  async probeServer(
    server: McpServer,
    { signal, user }: { signal: AbortSignal; user?: UserId },
  ): Promise<ConnectionReport> {
    const { guard, pool } = this.gateOf(server);
    const { target } = await this.readNow(server, user);
    // Of an idle package there would be two.
    if (target.transport === 'stdio') pool.drop(target.key);
    return withSchemas(await probe(guard, target, { signal }));
  }

  /** The same for a place that is not registered. */
  async probePlace(
    place: Place,
    headers: Record<string, string>,
    { signal }: { signal: AbortSignal },
  ): Promise<ConnectionReport> {
    return withSchemas(await probe(this.ordinary.guard, toTarget('', place, headers), { signal }));
  }

  /**
   * Refuses what can be judged without asking a resolver; the rest is judged at each connection.
   * @throws AppError EGRESS_REFUSED
   */
  async refuseForbiddenLiteral(url: string): Promise<void> {
    if (!isLiteralHost(url)) return;
    await this.ordinary.guard.check(url).catch((error: unknown) => {
      throw error instanceof EgressRefused ? egressRefused(error) : error;
    });
  }

  /** For looking what it is like. */
  private async readNow(server: McpServer, user: UserId | undefined): Promise<Upstream> {
    const upstream = { server, target: await this.targetOf(server) };
    const place = toSignInPlace(server);
    return place ? signedInAs(upstream, this.accounts.ofNow(place, user)) : upstream;
  }

  private async resolve(serverId: ServerId): Promise<Upstream> {
    const server = await this.servers.findForJob(serverId);
    if (!server) throw serverNotFound();
    return { server, target: await this.targetOf(server) };
  }

  private async targetOf(server: McpServer): Promise<UpstreamTarget> {
    if (server.transport === 'stdio') {
      return { ...toTarget(placeKey(server), server, {}), launch: await this.packages.launchOf(server) };
    }
    return toTarget(placeKey(server), server, this.credentials.headersOf(server));
  }

  private gateOf(server: McpServer): Gate {
    return server.demo ? this.demo : this.ordinary;
  }

  private forget({ server, target }: Upstream): void {
    this.gateOf(server).pool.drop(target.key);
  }
}

/** The same text for the same account at the same place, asked in the same way. */
export const placeKey = (server: McpServer): string => {
  const { id, accountVersion, url, transport, timeout, sslVerify, clientFeatures } = server;
  return JSON.stringify([id, accountVersion, url, transport, timeout, sslVerify, ...clientFeatures]);
};

const signedInAs = (upstream: Upstream, account: Soon<SignedIn>): Soon<Upstream> =>
  whenHere(account, (signedIn) => ({ ...upstream, target: asAccount(upstream.target, signedIn) }));

/** One account's connections are never another's. */
const asAccount = (target: UpstreamTarget, { accountId, header, renew }: SignedIn): UpstreamTarget => ({
  ...target,
  key: JSON.stringify([...(JSON.parse(target.key) as unknown[]), accountId]),
  authorize: { header, renew },
});

/** Why the connection could not be signed in, as the account said it. */
function tellSignIn(error: unknown): never {
  throw error instanceof UpstreamError && error.cause instanceof AppError ? error.cause : error;
}

const serverOf = (key: string) => (JSON.parse(key) as [ServerId])[0];

const toTarget = (key: string, place: Place, headers: Record<string, string>): UpstreamTarget => ({
  key,
  url: place.url,
  transport: place.transport,
  headers,
  plainHeaders: toSentHeaders(place.requestHeaders ?? {}),
  timeoutMs: place.timeout * 1_000,
  verifyTls: place.sslVerify,
  sampling: place.clientFeatures?.includes('sampling') ?? false,
  roots: place.clientFeatures?.includes('roots') ?? false,
});

function openGate(options: Parameters<typeof createEgressGuard>[0], listener: UpstreamPoolOptions): Gate {
  const guard = createEgressGuard(options);
  return { guard, pool: new UpstreamPool(guard, listener) };
}
