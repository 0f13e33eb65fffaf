import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ServerId, ServiceId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from './access.js';
import type { ServiceConfiguration } from './credentials.js';
import { type AuthMethod, DEFAULT_TIMEOUT_SECONDS, type McpServer, type ServerTransport, UNCHECKED } from './server.js';
import type { SignInSetup } from './oauth-settings.js';
import { ServerChanges } from './server-changes.service.js';
import { ServerCredentials } from './server-credentials.js';
import { UpstreamsService } from './upstreams.service.js';

/** What a service of the catalogue comes to once it is configured. */
export interface ServiceSetup {
  serviceId: ServiceId;
  name: string;
  description: string;
  url: string;
  transport: Exclude<ServerTransport, 'auto'>;
  authMethod: AuthMethod;
  /** Where accounts sign in. */
  signIn?: SignInSetup | undefined;
  /** Shown again; those that sign in are of the configuration. */
  requestHeaders?: Readonly<Record<string, string>> | undefined;
  configuration: ServiceConfiguration;
}

/** Whoever configures examines it at once; this is for one who dies meanwhile. */
const CHECK_AFTER_SETUP_MS = 60_000;

/** Servers that are made of services. Nothing else makes one that is a package. */
@Injectable()
export class ConfiguredServersService {
  constructor(
    private readonly changes: ServerChanges,
    private readonly credentials: ServerCredentials,
    private readonly upstreams: UpstreamsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a server of a service, unchecked.
   * @throws 400 EGRESS_REFUSED, 403 when the plan has no room, 409 when the name is taken
   */
  async create(principal: Principal, setup: ServiceSetup): Promise<VisibleServer> {
    if (setup.transport !== 'stdio') await this.upstreams.refuseForbiddenLiteral(setup.url);
    const runAt = new Date(this.clock.ms() + CHECK_AFTER_SETUP_MS);
    return this.changes.add(
      principal,
      (base) => ({
        ...base,
        requestHeaders: {},
        secretId: null,
        timeout: DEFAULT_TIMEOUT_SECONDS,
        sslVerify: true,
        approvalPolicy: 'require_approval_changed',
        ...this.placeOf(base, setup),
        name: setup.name,
        description: setup.description,
      }),
      { runAt },
    );
  }

  /** The server is another account afterwards; its name, policy and timeout stay. @throws 400, 403, 404 */
  async reconfigure(principal: Principal, id: ServerId, setup: ServiceSetup): Promise<VisibleServer> {
    if (setup.transport !== 'stdio') await this.upstreams.refuseForbiddenLiteral(setup.url);
    const now = this.clock.now();
    const runAt = new Date(now.getTime() + CHECK_AFTER_SETUP_MS);
    return this.changes.change(
      principal,
      id,
      (server) => ({
        ...server,
        ...UNCHECKED,
        ...this.placeOf(server, setup),
        accountVersion: server.accountVersion + 1,
        updatedAt: now,
      }),
      { fields: ['configuration'], runAt },
    );
  }

  /** What it was configured with; nothing where that cannot be read any more. */
  configOf(server: McpServer): ServiceConfiguration['config'] {
    try {
      return this.credentials.configurationOf(server).config;
    } catch {
      return {};
    }
  }

  private placeOf(row: Pick<McpServer, 'id' | 'organizationId'>, setup: ServiceSetup) {
    const { serviceId, url, transport, authMethod, configuration, signIn, requestHeaders } = setup;
    const secrets = signIn && Object.keys(signIn.secrets).length > 0 ? { oauthClient: signIn.secrets } : {};
    return {
      serviceId,
      url,
      transport,
      authMethod,
      ...(requestHeaders && { requestHeaders }),
      oauth: signIn?.settings ?? null,
      credentials: this.credentials.seal(row, { ...configuration, ...secrets }),
    };
  }
}
