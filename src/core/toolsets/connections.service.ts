import { isLoopback, isPrivateHttp, type Setup, setupsFor } from '@app/client-setups';
import { Inject, Injectable } from '@nestjs/common';
import { isId } from '../../platform/ids.js';
import { ORIGIN, type Origin } from '../../platform/tokens.js';
import type { Principal } from '../identity/principal.js';
import { serverNotFound } from '../registry/registry.errors.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ServerHandles } from '../registry/server-handles.service.js';
import { toolsetNotFound } from './toolsets.errors.js';
import { ToolsetsService } from './toolsets.service.js';

/** What somebody wants to connect a client to; nothing named: all servers that they may use. */
export interface WantedConnection {
  /** A server, by its id or handle. */
  server?: string | undefined;
  /** A toolset, by its id or handle. */
  toolset?: string | undefined;
}

/** What keeps a client from reaching the address, or from signing in there. */
export const REACH_HINTS = ['loopback', 'no_tls'] as const;
export type ReachHint = (typeof REACH_HINTS)[number];

export interface Connection {
  /** In the words of people. */
  label: string;
  /** As the clients' files have it. */
  name: string;
  url: string;
  hints: readonly ReachHint[];
  setups: readonly Setup[];
}

/** How clients are connected to the gateway. */
@Injectable()
export class Connections {
  constructor(
    private readonly access: ServerAccess,
    private readonly handles: ServerHandles,
    private readonly toolsets: ToolsetsService,
    @Inject(ORIGIN) private readonly origin: Origin,
  ) {}

  /** @throws 403, 404 for what the caller may not use */
  async describe(principal: Principal, { server, toolset }: WantedConnection): Promise<Connection> {
    if (server !== undefined) return this.toServer(principal, server);
    if (toolset !== undefined) return this.toToolset(principal, toolset);
    return this.connection({ label: 'All servers', named: '', path: '/mcp' });
  }

  /** By its id: a server that is renamed has another handle then, and another one may take it. */
  private async toServer(principal: Principal, named: string): Promise<Connection> {
    const id = await this.handles.find(principal.organizationId, named);
    if (id === undefined) throw serverNotFound();
    const { name } = await this.access.get(principal, id, 'use');
    return this.connection({ label: name, named: name, path: `/mcp/s/${id}` });
  }

  private async toToolset(principal: Principal, named: string): Promise<Connection> {
    const found = (await this.toolsets.list(principal)).find(({ id, handle }) =>
      isId('tst', named) ? id === named : handle === named,
    );
    if (!found) throw toolsetNotFound();
    return this.connection({ label: found.name, named: found.handle, path: `/mcp/t/${found.handle}` });
  }

  private connection({ label, named, path }: { label: string; named: string; path: string }): Connection {
    const url = this.origin.url.replace(/\/+$/, '') + path;
    const { name, setups } = setupsFor({ label: named, url });
    const hints: ReachHint[] = [];
    if (isLoopback(url)) hints.push('loopback');
    if (isPrivateHttp(url)) hints.push('no_tls');
    return { label, name, url, hints, setups };
  }
}
