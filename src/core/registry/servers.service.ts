import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ServerId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from './access.js';
import { type CredentialsInput, isEmptyInput, readCredentials } from './credentials.js';
import { credentialsAreOfAnotherOrigin, demoServerUrlIsFixed, packageIsConfigured } from './registry.errors.js';
import { type AuthMethod, type ChosenTransport, type McpServer, UNCHECKED } from './server.js';
import { ServerAccess } from './server-access.service.js';
import { ServerChanges } from './server-changes.service.js';
import { ServerCredentials } from './server-credentials.js';
import { isSameOrigin } from './server-url.js';
import { ServersRepository } from './servers.repository.js';
import { UpstreamsService } from './upstreams.service.js';

export interface NewServer {
  name: string;
  description?: string | undefined;
  url: string;
  requestHeaders?: Readonly<Record<string, string>> | undefined;
  /** A placeholder: the secret itself may be unknown here. */
  secretId?: string | undefined;
  transport: ChosenTransport;
  authMethod: AuthMethod;
  credentials?: CredentialsInput | undefined;
  /** Seconds. */
  timeout: number;
  sslVerify: boolean;
  approvalPolicy?: ApprovalPolicy | undefined;
}

/** What is undefined stays as it is. */
export type ServerChange = {
  [Field in Exclude<keyof NewServer, 'description' | 'requestHeaders' | 'secretId'>]?: NewServer[Field] | undefined;
};

/** The registry of an organization's MCP servers. */
@Injectable()
export class ServersService {
  constructor(
    private readonly changes: ServerChanges,
    private readonly servers: ServersRepository,
    private readonly access: ServerAccess,
    private readonly credentials: ServerCredentials,
    private readonly upstreams: UpstreamsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Registers it without asking it anything: its first check is a job.
   * @throws 403 when the organization's plan has no room for it
   */
  async create(principal: Principal, input: NewServer): Promise<VisibleServer> {
    const entered = readCredentials(input.authMethod, input.credentials);
    await this.upstreams.refuseForbiddenLiteral(input.url);
    return this.changes.add(principal, (base) => ({
      ...base,
      name: input.name,
      description: input.description ?? null,
      url: input.url,
      requestHeaders: input.requestHeaders ?? {},
      secretId: input.secretId ?? null,
      transport: input.transport,
      authMethod: input.authMethod,
      credentials: this.credentials.seal(base, entered),
      timeout: input.timeout,
      sslVerify: input.sslVerify,
      approvalPolicy: input.approvalPolicy ?? 'require_approval_all',
      serviceId: null,
    }));
  }

  /** @throws 404 */
  async get(principal: Principal, id: ServerId): Promise<VisibleServer> {
    return this.access.get(principal, id, 'see');
  }

  /** For jobs and for what goes on in sessions: whoever acts for a person was let in before. */
  async findForJob(id: ServerId): Promise<McpServer | undefined> {
    return this.servers.findForJob(id);
  }

  async list(principal: Principal, page: PageRequest): Promise<Page<VisibleServer>> {
    return this.access.list(principal, page);
  }

  /** Another URL or credential makes it another account: what was known of its tools is forgotten, and it is checked anew. */
  async update(principal: Principal, id: ServerId, change: ServerChange): Promise<VisibleServer> {
    if (change.url !== undefined) await this.refuseUrl(principal, id, change.url);
    const fields = Object.keys(change).filter((field) => change[field as keyof ServerChange] !== undefined);
    return this.changes.change(principal, id, (server) => this.apply(server, change), { fields });
  }

  async remove(principal: Principal, id: ServerId): Promise<void> {
    await this.changes.remove(principal, id);
  }

  private async refuseUrl(principal: Principal, id: ServerId, url: string): Promise<void> {
    const server = await this.access.get(principal, id, 'manage');
    if (url === server.url) return;
    if (server.demo) throw demoServerUrlIsFixed();
    await this.upstreams.refuseForbiddenLiteral(url);
  }

  private apply(server: McpServer, change: ServerChange): McpServer {
    if (server.transport === 'stdio' && isOfPlace(change)) throw packageIsConfigured();
    const credentials = this.credentialsAfter(server, change);
    const url = change.url ?? server.url;
    const authMethod = change.authMethod ?? server.authMethod;
    const otherAccount = url !== server.url || authMethod !== server.authMethod || credentials !== server.credentials;
    return {
      ...server,
      name: change.name ?? server.name,
      url,
      transport: change.transport ?? server.transport,
      authMethod,
      credentials,
      accountVersion: server.accountVersion + (otherAccount ? 1 : 0),
      timeout: change.timeout ?? server.timeout,
      sslVerify: change.sslVerify ?? server.sslVerify,
      approvalPolicy: change.approvalPolicy ?? server.approvalPolicy,
      ...(otherAccount ? UNCHECKED : {}),
      updatedAt: this.clock.now(),
    };
  }

  /**
   * Sealed. They stay when none are entered, but never for another way to sign in, nor for another origin: whoever may change
   * the server could have what a colleague entered sent to a host of their own.
   */
  private credentialsAfter(
    server: McpServer,
    { authMethod = server.authMethod, credentials, url = server.url }: ServerChange,
  ): string | null {
    if (authMethod === server.authMethod && isEmptyInput(credentials)) {
      if (server.credentials !== null && !isSameOrigin(url, server.url)) throw credentialsAreOfAnotherOrigin();
      return server.credentials;
    }
    return this.credentials.seal(server, readCredentials(authMethod, credentials));
  }
}

const isOfPlace = ({ url, transport, authMethod, credentials }: ServerChange): boolean =>
  url !== undefined || transport !== undefined || authMethod !== undefined || !isEmptyInput(credentials);
