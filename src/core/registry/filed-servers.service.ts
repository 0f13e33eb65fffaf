import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ServerId } from '../../platform/ids.js';
import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from './access.js';
import type { FiledTool } from './filed-tool.js';
import { FiledToolsRepository } from './filed-tools.repository.js';
import { type McpServer, UNCHECKED } from './server.js';
import { ServerAccess } from './server-access.service.js';
import { isSameValue, ServerChanges } from './server-changes.service.js';
import { isSameOrigin } from './server-url.js';
import { ToolObservations } from './tool-observations.service.js';
import { ToolStatesRepository } from './tool-states.repository.js';
import { UpstreamsService } from './upstreams.service.js';

/** What a file says of a server; never a credential. */
export type ServerConfiguration = Pick<
  McpServer,
  | 'name'
  | 'description'
  | 'url'
  | 'requestHeaders'
  | 'secretId'
  | 'authMethod'
  | 'oauth'
  | 'clientFeatures'
  | 'timeout'
  | 'sslVerify'
  | 'approvalPolicy'
  | 'access'
> & { transport: Exclude<McpServer['transport'], 'stdio'> };

/** A server with its tools as last seen. */
export interface FiledServer {
  server: VisibleServer;
  tools: readonly FiledTool[];
}

export type ToolPolicies = ReadonlyMap<string, ApprovalPolicy | null>;

const PAGE_SIZE = 200;

/** Servers, with what is known of their tools, going into files and coming out of them. */
@Injectable()
export class FiledServersService {
  constructor(
    private readonly changes: ServerChanges,
    private readonly access: ServerAccess,
    private readonly tools: FiledToolsRepository,
    private readonly observations: ToolObservations,
    private readonly states: ToolStatesRepository,
    private readonly upstreams: UpstreamsService,
    private readonly clock: Clock,
  ) {}

  /** All that the caller sees, at most `most`. */
  async list(principal: Principal, most: number): Promise<FiledServer[]> {
    const servers: VisibleServer[] = [];
    for (let page: number | undefined = 1; page !== undefined && servers.length < most;) {
      const found = await this.access.list(principal, { page, size: PAGE_SIZE });
      servers.push(...found.items);
      page = found.next;
    }
    return this.withTools(servers.slice(0, most));
  }

  /** @throws 403, 404 */
  async get(principal: Principal, id: ServerId): Promise<FiledServer> {
    const [found] = await this.withTools([await this.access.get(principal, id, 'manage')]);
    if (!found) throw new Error('A server without its tools.');
    return found;
  }

  /** @throws 400 EGRESS_REFUSED for an address that may not be called */
  async refuseForbidden(url: string): Promise<void> {
    await this.upstreams.refuseForbiddenLiteral(url);
  }

  /** Without credentials; its tools are known, and approved by nobody. Part of the caller's transaction. */
  async add(
    principal: Principal,
    configuration: ServerConfiguration,
    tools: readonly FiledTool[],
  ): Promise<VisibleServer> {
    const server = await this.changes.add(principal, (base) => ({
      ...base,
      ...configuration,
      credentials: null,
      serviceId: null,
    }));
    // Whatever its policy: what a file brings was seen, and approved by nobody.
    const unapproving = { ...server, approvalPolicy: 'require_approval_all' } as const;
    const snapshots = tools.map(({ pin, definition }) => ({ pin, definition, extras: null }));
    await this.observations.take(unapproving, snapshots, this.clock.now());
    await this.setPolicies(server.id, new Map(tools.map(({ name, approvalPolicy }) => [name, approvalPolicy])));
    return server;
  }

  /** Credentials stay for the same origin, way to sign in and client, never else. Part of the caller's transaction. */
  async change(
    principal: Principal,
    id: ServerId,
    configuration: ServerConfiguration,
    fields: readonly string[],
  ): Promise<VisibleServer> {
    return this.changes.change(principal, id, (server) => this.apply(server, configuration), { fields });
  }

  /** What of its tools overrides its policy, and approves nothing. In the caller's transaction, with the server locked. */
  async setPolicies(id: ServerId, policies: ToolPolicies): Promise<void> {
    for (const [name, policy] of policies) await this.states.setPolicy(id, name, policy);
  }

  private apply(server: McpServer, configuration: ServerConfiguration): McpServer {
    const credentials = isSameDoor(server, configuration) ? server.credentials : null;
    const otherAccount =
      configuration.url !== server.url ||
      configuration.authMethod !== server.authMethod ||
      !isSameValue(configuration.oauth, server.oauth) ||
      credentials !== server.credentials;
    return {
      ...server,
      ...configuration,
      credentials,
      accountVersion: server.accountVersion + (otherAccount ? 1 : 0),
      ...(otherAccount ? UNCHECKED : {}),
      updatedAt: this.clock.now(),
    };
  }

  private async withTools(servers: readonly VisibleServer[]): Promise<FiledServer[]> {
    const tools = await this.tools.listOf(servers.map(({ id }) => id));
    return servers.map((server) => ({ server, tools: tools.get(server.id) ?? [] }));
  }
}

/** Whether a secret that was entered for the one is one for the other: of an OAuth client, for that client only. */
const isSameDoor = (one: McpServer, other: ServerConfiguration): boolean =>
  isSameOrigin(one.url, other.url) &&
  one.authMethod === other.authMethod &&
  one.oauth?.clientId === other.oauth?.clientId;
