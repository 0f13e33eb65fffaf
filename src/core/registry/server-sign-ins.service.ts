import { Injectable } from '@nestjs/common';
import { toAppError } from '../../platform/errors/app-error.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { ServerId, UserId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import type { Principal } from '../identity/principal.js';
import {
  type AccountDescription,
  type OAuthSettings,
  serverAccountsTopic,
  type SignInPlace,
  signInPath,
  type Standing,
} from '../upstream-accounts/account.js';
import type { BegunSignIn } from '../upstream-accounts/begun-sign-in.js';
import { type Begun, SignIns } from '../upstream-accounts/sign-ins.service.js';
import type { AccessLevel, VisibleServer } from './access.js';
import { checkServer, firstKey, newsKey } from './check-server.job.js';
import { toSignInPlace } from './oauth-settings.js';
import type { McpServer } from './server.js';
import { serverHasNoSignIn } from './registry.errors.js';
import { ServerAccess } from './server-access.service.js';
import { ServerCredentials } from './server-credentials.js';
import { ServersRepository } from './servers.repository.js';

/** What there is between a caller and a server that asks for OAuth. */
export interface ServerSignIn {
  settings: OAuthSettings;
  account: AccountDescription;
  /** Whether the caller may connect and disconnect it. */
  mayConnect: boolean;
}

type SignedInPerson = Pick<Principal, 'userId' | 'username'>;

/** The account of all is of who manages the server; one's own is of who may use it. */
const LEVEL_TO_CONNECT = { shared: 'manage', per_user: 'use' } as const satisfies Record<string, AccessLevel>;

/** Who may sign in to which server, and out of it. */
@Injectable()
export class ServerSignIns {
  constructor(
    private readonly access: ServerAccess,
    private readonly servers: ServersRepository,
    private readonly credentials: ServerCredentials,
    private readonly signIns: SignIns,
    private readonly jobs: Jobs,
    private readonly logger: Logger,
  ) {}

  /** @throws 404; 409 for a server that nobody signs in to */
  async describe(principal: Principal, id: ServerId): Promise<ServerSignIn> {
    const server = await this.access.get(principal, id, 'see');
    const place = placeOf(server);
    const account = await this.signIns.describe(place, principal.userId);
    const { settings } = place;
    const mayConnect = await this.access.mayDo(principal, id, LEVEL_TO_CONNECT[settings.account]);
    return { settings, account, mayConnect };
  }

  /** Of each that somebody signs in to, how it stands with the account that the caller uses there. */
  async listStandings(
    { userId }: Pick<Principal, 'userId'>,
    servers: readonly McpServer[],
  ): Promise<ReadonlyMap<ServerId, Standing>> {
    const places = servers.flatMap((server) => toSignInPlace(server) ?? []);
    return this.signIns.listStandings(places, userId);
  }

  /**
   * @param browser known to the browser alone that began, and will come back
   * @throws 403, 404, and what stands in the way at the authorization server
   */
  async connect(
    principal: Principal,
    id: ServerId,
    { browser, signal }: { browser: string; signal: AbortSignal },
  ): Promise<Begun> {
    const { server, place } = await this.require(principal, id);
    const secrets = this.credentials.signInSecretsOf(server);
    const { userId, username } = principal;
    const begun = await this.signIns.begin(place, secrets, { userId, username, browser, signal });
    if ('connected' in begun) await this.lookFirst(server, { userId, username });
    return begun;
  }

  /** A browser comes back. @returns the path in the web client where it goes on, which says how it went */
  async comeBack({ parameters, browser }: { parameters: URLSearchParams; browser: string }): Promise<string> {
    const begun = await this.signIns.takeBegun(parameters, browser);
    if (!begun) return '/servers?account=failed&code=OAUTH_NOT_BEGUN';
    const path = signInPath(begun.serverId);
    try {
      const server = await this.serverNow(begun);
      await this.signIns.complete(begun, placeOf(server), parameters);
      await this.lookFirst(server, begun);
      return `${path}?account=connected`;
    } catch (error) {
      const { code, kind } = toAppError(error);
      this.logger.warn({ serverId: begun.serverId, reason: kind === 'internal' ? error : code }, 'a sign-in failed');
      return `${path}?account=failed&code=${code}`;
    }
  }

  /** @throws 403, 404 */
  async disconnect(principal: Principal, id: ServerId): Promise<void> {
    const { place } = await this.require(principal, id);
    await this.signIns.disconnect(place, principal.userId);
    await this.look(id);
  }

  /** For a call that waits for it: how it hears of it, and whether somebody has signed in since. */
  watch(serverId: ServerId, userId: UserId, since: Date): { topic: string; isBack: () => Promise<boolean> } {
    const isBack = async () => {
      const server = await this.servers.findForJob(serverId);
      const place = server && toSignInPlace(server);
      if (!place) return true;
      const { status, connectedAt } = await this.signIns.describe(place, userId);
      return status === 'connected' && connectedAt !== null && connectedAt >= since;
    };
    return { topic: serverAccountsTopic(serverId), isBack };
  }

  /** Minutes later: what the person may do is asked again. */
  private async serverNow({ serverId, organizationId, userId }: BegunSignIn): Promise<McpServer | undefined> {
    const server = await this.servers.findForJob(serverId);
    await this.access.require({ userId, organizationId }, serverId, LEVEL_TO_CONNECT[placeOf(server).settings.account]);
    return server;
  }

  private async require(principal: Principal, id: ServerId): Promise<{ server: VisibleServer; place: SignInPlace }> {
    const seen = placeOf(await this.access.get(principal, id, 'see'));
    const server = await this.access.get(principal, id, LEVEL_TO_CONNECT[seen.settings.account]);
    return { server, place: placeOf(server) };
  }

  /** What a service of the catalogue offers is approved by who set it up, and only now is it seen. */
  private async lookFirst(server: McpServer | undefined, { userId, username }: SignedInPerson): Promise<void> {
    if (!server) return;
    const { id, organizationId, serviceId, toolCount } = server;
    await this.look(id);
    if (serviceId === null || toolCount !== null) return;
    if (!(await this.access.mayDo({ userId, organizationId }, id, 'manage'))) return;
    const approvedBy = { userId, username };
    await this.jobs.enqueue(checkServer, { serverId: id, anew: true, approvedBy }, { key: firstKey(id) });
  }

  /** It answers otherwise from now on, whatever a check finds that began before. */
  private async look(serverId: ServerId): Promise<void> {
    await this.jobs.enqueue(checkServer, { serverId, anew: true }, { key: newsKey(serverId) });
  }
}

function placeOf(server: Parameters<typeof toSignInPlace>[0] | undefined): SignInPlace {
  const place = server && toSignInPlace(server);
  if (!place) throw serverHasNoSignIn();
  return place;
}
