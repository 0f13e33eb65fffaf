import type { RawResult } from '@app/mcp-client';
import {
  CODES,
  type ClientRequest,
  type Era,
  type Exchange,
  type JsonObject,
  type Listed,
  type ListPage,
  type McpBackend,
  type Notification,
  type ParamHeader,
  ProtocolError,
  readParamHeaders,
  type Reply,
  type ServerDescription,
  type SubscriptionFilter,
} from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import type { ServerId, UserId } from '../../platform/ids.js';
import { productVersion } from '../../platform/product-version.js';
import { type Soon, whenHere } from '@app/soon';
import { reachesWholeServer } from '../identity/reach.js';
import type { Catalogue } from './catalogue.js';
import { exposePrompts, exposeResources, type Offer } from './exposed-offers.js';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { GatewayNews } from './gateway-news.service.js';
import { GatewayOffers } from './gateway-offers.service.js';
import { GatewayReads } from './gateway-reads.service.js';
import { GatewayTasks, isTaskMethod, TASKS_EXTENSION } from './gateway-tasks.service.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { GatewayToolCalls } from './gateway-tool-calls.service.js';
import type { Offered } from './readable-offers.js';
import { toProtocolError, toRefusal, toRpcError } from './replies.js';

const CALL = 'tools/call';
const INFO = { name: 'switchyard', title: 'Switchyard', version: productVersion() };
const ALL: JsonObject = {
  tools: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {},
  extensions: { [TASKS_EXTENSION]: {} },
};
/** What its tools link to can be read; nothing else is listed. */
const OF_TOOLSETS: JsonObject = {
  tools: ALL.tools,
  resources: {},
  logging: {},
  extensions: ALL.extensions,
};
const AGGREGATE =
  'Tools, prompts and resources of several servers: each name begins with the name of its server. Some calls wait for a person; their result then says where that person decides.';
/** Of lists, for clients that may keep them: changes are told, too. */
const TTL_MS = 5_000;

/** What stands behind the addresses of the gateway. */
@Injectable()
export class GatewayBackend implements McpBackend<GatewayCaller> {
  constructor(
    private readonly catalogues: GatewayCatalogues,
    private readonly offers: GatewayOffers,
    private readonly calls: GatewayToolCalls,
    private readonly reads: GatewayReads,
    private readonly news: GatewayNews,
    private readonly tasks: GatewayTasks,
  ) {}

  async describe(caller: GatewayCaller): Promise<ServerDescription> {
    const { servers } = await this.catalogues.find(caller);
    const [only] = servers;
    if (caller.place.kind !== 'server' || !only) {
      const capabilities = caller.place.kind === 'toolset' ? OF_TOOLSETS : ALL;
      return { info: INFO, instructions: AGGREGATE, capabilities, ttlMs: TTL_MS };
    }
    // One that does not answer now is not asked whether it has prompts.
    const words = await Promise.resolve(this.offers.describe(caller.principal.userId, only.id)).catch(() => undefined);
    const { capabilities = ALL, instructions } = words ?? {};
    return { info: INFO, instructions, capabilities: ofOneServer(capabilities), ttlMs: TTL_MS };
  }

  list(caller: GatewayCaller, what: Listed, cursor: string | undefined, era: Era): Soon<ListPage> {
    const found = this.catalogues.find(caller);
    if (what === 'tools') return whenHere(found, ({ pages }) => pageAt(pages[era], cursor));
    if (cursor !== undefined) throw badCursor();
    return Promise.resolve(found).then(async (catalogue) => ({
      json: JSON.stringify(await this.listOffers(caller, catalogue, what)),
      ttlMs: TTL_MS,
      cacheScope: 'private' as const,
    }));
  }

  request(caller: GatewayCaller, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    if (request.method === CALL) return this.calls.call(caller, request, exchange);
    return this.answerOther(caller, request, exchange);
  }

  replyTo({ method }: ClientRequest, error: unknown): Reply {
    return method === CALL ? toRefusal(error) : toRpcError(error);
  }

  private async answerOther(caller: GatewayCaller, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    switch (request.method) {
      case 'resources/read':
        return this.reads.readResource(caller, request, exchange);
      case 'prompts/get':
        return this.reads.getPrompt(caller, request, exchange);
      case 'completion/complete':
        return this.reads.complete(caller, request, exchange);
      default:
        if (isTaskMethod(request.method)) return this.tasks.relay(caller, request.method, request, exchange);
        return { kind: 'error', code: CODES.methodNotFound, message: 'Method not found' };
    }
  }

  subscribe(caller: GatewayCaller, filter: SubscriptionFilter, hear: (said: Notification) => void): () => void {
    return this.news.follow(caller, filter, hear);
  }

  /** Its client asks for it again, with the same key. */
  outlivesClient({ method, meta }: ClientRequest): boolean {
    return method === CALL && idempotencyKeyOf(meta) !== undefined;
  }

  paramHeaders(caller: GatewayCaller, tool: string): Soon<readonly ParamHeader[] | undefined> {
    return whenHere(this.catalogues.find(caller), ({ tools }) => {
      const schema = tools.get(tool)?.tool.inputSchema;
      return schema && paramHeadersOf(schema);
    });
  }

  /** @throws ProtocolError */
  private async listAlone(userId: UserId, serverId: ServerId, what: Offered): Promise<RawResult[]> {
    try {
      return await this.offers.list(userId, serverId, what);
    } catch (error) {
      throw toProtocolError(error);
    }
  }

  private async listOffers(caller: GatewayCaller, { servers }: Catalogue, what: Offered): Promise<RawResult[]> {
    if (caller.place.kind === 'toolset') return [];
    const { principal } = caller;
    const { userId } = principal;
    const reached = servers.filter(({ id }) => reachesWholeServer(principal, id));
    const [only] = reached;
    if (caller.place.kind === 'server') return only ? this.listAlone(userId, only.id, what) : [];
    const lists = await Promise.all(
      reached.map(async ({ id, handle }): Promise<Offer[]> => {
        const items = await this.offers.listIfThere(userId, id, what);
        return items.map((item) => ({ serverId: id, handle, item }));
      }),
    );
    const offers = lists.flat();
    if (what === 'prompts') return [...exposePrompts(offers)].map(([name, { item }]) => ({ ...item, name }));
    return exposeResources(offers, what === 'resources' ? 'uri' : 'uriTemplate');
  }
}

/** Its own, as far as they go through us. */
function ofOneServer({ tools, resources, prompts, completions, logging, extensions }: RawResult): JsonObject {
  const hasTasks = typeof extensions === 'object' && extensions !== null && TASKS_EXTENSION in extensions;
  return {
    ...(tools !== undefined && { tools: ALL.tools }),
    ...(resources !== undefined && { resources: ALL.resources }),
    ...(prompts !== undefined && { prompts: ALL.prompts }),
    ...(completions !== undefined && { completions }),
    ...(logging !== undefined && { logging }),
    ...(hasTasks && { extensions: ALL.extensions }),
  };
}

const knownHeaders = new WeakMap<object, readonly ParamHeader[]>();

function paramHeadersOf(schema: object): readonly ParamHeader[] {
  const known = knownHeaders.get(schema);
  if (known) return known;
  const read = readParamHeaders(schema);
  knownHeaders.set(schema, read);
  return read;
}

function pageAt(pages: readonly Buffer[], cursor: string | undefined): ListPage {
  const at = cursor === undefined ? 0 : Number(cursor);
  const json = pages[at];
  if (!json || (cursor !== undefined && !/^[1-9]\d*$/.test(cursor))) throw badCursor();
  const next = at + 1 < pages.length ? { nextCursor: String(at + 1) } : {};
  return { json, ...next, ttlMs: TTL_MS, cacheScope: 'private' };
}

const badCursor = () => new ProtocolError(CODES.invalidParams, 'There is no such page.');
