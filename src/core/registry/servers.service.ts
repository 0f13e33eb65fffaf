import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ServerId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { Principal } from '../identity/principal.js';
import type { SignInSecrets } from '../upstream-accounts/account.js';
import type { VisibleServer } from './access.js';
import { type CredentialsInput, isEmptyInput, readCredentials } from './credentials.js';
import {
  credentialsAreOfAnotherOrigin,
  demoServerUrlIsFixed,
  packageIsConfigured,
  serverHasChanged,
  serverIsNoPackage,
  serverIsRemote,
} from './registry.errors.js';
import { entersSignIn, type OAuthInput, readSignIn } from './oauth-settings.js';
import { readPackageUrl } from './package-url.js';
import { type AuthMethod, type ClientFeature, type ChosenTransport, type McpServer } from './server.js';
import { type ServerTransport, UNCHECKED, versionOf } from './server.js';
import { ServerAccess } from './server-access.service.js';
import { isSameValue, ServerChanges } from './server-changes.service.js';
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
  /** Of `oauth`, where accounts sign in. */
  oauth?: OAuthInput | undefined;
  /** Seconds. */
  timeout: number;
  sslVerify: boolean;
  approvalPolicy?: ApprovalPolicy | undefined;
  clientFeatures?: readonly ClientFeature[] | undefined;
}

/** What is undefined stays as it is. */
export type ServerChange = {
  [Field in Exclude<keyof NewServer, 'description' | 'secretId' | 'transport'>]?: NewServer[Field] | undefined;
} & {
  /** Of a package the URL and `stdio`, which it has: they are told, and so may come back. */
  transport?: ServerTransport | undefined;
  description?: string | null | undefined;
  secretId?: string | null | undefined;
};

export interface ChangeCondition {
  /** Versions of the server that whoever changes it has read; undefined: whatever it is now. */
  versions?: readonly string[] | undefined;
}

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
    const signIn = entersSignIn(input) ? readSignIn(input.oauth) : undefined;
    const entered = signIn ? toStored(signIn.secrets) : readCredentials(input.authMethod, input.credentials);
    await this.upstreams.refuseForbiddenLiteral(input.url);
    return this.changes.add(principal, (base) => ({
      ...base,
      name: input.name,
      description: input.description ?? null,
      url: input.url,
      requestHeaders: input.requestHeaders ?? {},
      clientFeatures: [...new Set(input.clientFeatures ?? [])],
      secretId: input.secretId ?? null,
      transport: input.transport,
      authMethod: input.authMethod,
      oauth: signIn?.settings ?? null,
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

  /** A page, and how many there are on all. */
  async listCounted(principal: Principal, page: PageRequest): Promise<{ items: VisibleServer[]; total: number }> {
    const [{ items }, total] = await Promise.all([this.access.list(principal, page), this.access.count(principal)]);
    return { items, total };
  }

  /** What only servers have that run here. @throws 409 for the others, 403, 404 */
  async requireHosted(principal: Principal, id: ServerId): Promise<never> {
    await this.access.get(principal, id, 'manage');
    throw serverIsRemote();
  }

  /** Another URL or credential makes it another account: what was known of its tools is forgotten, and it is checked anew. */
  async update(
    principal: Principal,
    id: ServerId,
    change: ServerChange,
    condition: ChangeCondition = {},
  ): Promise<VisibleServer> {
    if (change.url !== undefined) await this.refuseUrl(principal, id, change.url);
    const fields = Object.keys(change).filter((field) => change[field as keyof ServerChange] !== undefined);
    return this.changes.change(principal, id, (server) => this.apply(fitting(server, condition), change), {
      fields,
    });
  }

  async remove(principal: Principal, id: ServerId, condition: ChangeCondition = {}): Promise<void> {
    await this.changes.remove(principal, id, (server) => void fitting(server, condition));
  }

  private async refuseUrl(principal: Principal, id: ServerId, url: string): Promise<void> {
    const server = await this.access.get(principal, id, 'manage');
    if (url === server.url) return;
    if (server.demo) throw demoServerUrlIsFixed();
    if (!readPackageUrl(url)) await this.upstreams.refuseForbiddenLiteral(url);
  }

  private apply(server: McpServer, change: ServerChange): McpServer {
    refuseMoveOfPackage(server, change);
    const { oauth, credentials } = this.signInAfter(server, change);
    const url = change.url ?? server.url;
    const authMethod = change.authMethod ?? server.authMethod;
    const otherAccount =
      url !== server.url ||
      authMethod !== server.authMethod ||
      credentials !== server.credentials ||
      !isSameValue(oauth, server.oauth);
    return {
      ...server,
      name: change.name ?? server.name,
      description: change.description === undefined ? server.description : change.description,
      url,
      requestHeaders: change.requestHeaders ?? server.requestHeaders,
      clientFeatures: change.clientFeatures ? [...new Set(change.clientFeatures)] : server.clientFeatures,
      secretId: change.secretId === undefined ? server.secretId : change.secretId,
      transport: change.transport ?? server.transport,
      authMethod,
      oauth,
      credentials,
      accountVersion: server.accountVersion + (otherAccount ? 1 : 0),
      timeout: change.timeout ?? server.timeout,
      sslVerify: change.sslVerify ?? server.sslVerify,
      approvalPolicy: change.approvalPolicy ?? server.approvalPolicy,
      ...(otherAccount ? UNCHECKED : {}),
      updatedAt: this.clock.now(),
    };
  }

  private signInAfter(server: McpServer, change: ServerChange): Pick<McpServer, 'oauth' | 'credentials'> {
    const { authMethod = server.authMethod, oauth, credentials } = change;
    const staysAsItIs = authMethod === server.authMethod && !oauth && isEmptyInput(credentials);
    const signsIn = entersSignIn({ authMethod, oauth, credentials });
    if (staysAsItIs || !signsIn) {
      return { oauth: staysAsItIs ? server.oauth : null, credentials: this.credentialsAfter(server, change) };
    }
    const before = server.oauth && { settings: server.oauth, secrets: this.credentials.signInSecretsOf(server) };
    const { settings, secrets } = readSignIn(oauth, before ?? undefined);
    const sameSecrets = before !== null && isSameValue(secrets, before.secrets);
    if (sameSecrets) return { oauth: settings, credentials: this.credentialsAfter(server, { url: change.url }) };
    return { oauth: settings, credentials: this.credentials.seal(server, toStored(secrets)) };
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

const toStored = (secrets: SignInSecrets) => (Object.keys(secrets).length > 0 ? { oauthClient: secrets } : null);

/** @throws 412 */
function fitting(server: McpServer, { versions }: ChangeCondition): McpServer {
  if (versions && !versions.includes(versionOf(server))) throw serverHasChanged(versionOf(server));
  return server;
}

/** What a package is, and which server is one, is set by the configuration of its service alone. @throws 400 */
function refuseMoveOfPackage(server: McpServer, change: ServerChange): void {
  const { url = server.url, transport = server.transport, authMethod = server.authMethod } = change;
  if (server.transport !== 'stdio') {
    if (transport === 'stdio' || readPackageUrl(url)) throw serverIsNoPackage();
    return;
  }
  const isMoved = url !== server.url || transport !== server.transport || authMethod !== server.authMethod;
  const hasOtherHeaders = !isSameValue(change.requestHeaders ?? server.requestHeaders, server.requestHeaders);
  if (isMoved || hasOtherHeaders || !isEmptyInput(change.credentials)) throw packageIsConfigured();
}
