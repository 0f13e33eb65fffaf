import type { RawResult, RelayedAnswer } from '@app/mcp-client';
import type { ClientRequest, Exchange, JsonObject, Reply } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import type { RelayOutcome } from '../execution/relay.js';
import { RelayedRequests, type WantedRequest } from '../execution/relayed-requests.service.js';
import type { Principal } from '../identity/principal.js';
import { reachesWholeServer } from '../identity/reach.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { readSignInNeeded, signInNeeded } from '../upstream-accounts/upstream-accounts.errors.js';
import type { GoesOn } from './call-passes.service.js';
import type { OfferingServer } from './catalogue.js';
import { listenFor } from './client-side.js';
import { SEPARATOR } from './exposed-names.js';
import { exposeContents, exposeLinks, exposePrompts } from './exposed-offers.js';
import { readExposedUri } from './exposed-uris.js';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { GatewayOffers } from './gateway-offers.service.js';
import { invalidParams, toReply } from './replies.js';
import { SignInsOfCalls } from './sign-ins-of-calls.service.js';

/** What of a server is meant, in its own words. */
interface Meant {
  server: OfferingServer;
  name: string;
}

/** JSON-RPC's code for it since 2026-07-28; MCP's own before. */
const NO_RESOURCE = { modern: -32602, legacy: -32002 } as const;

/** Resources, prompts and completions that clients ask for through the gateway. */
@Injectable()
export class GatewayReads {
  constructor(
    private readonly catalogues: GatewayCatalogues,
    private readonly offers: GatewayOffers,
    private readonly requests: RelayedRequests,
    private readonly signIns: SignInsOfCalls,
    private readonly upstreams: UpstreamsService,
  ) {}

  async readResource(caller: GatewayCaller, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    const { uri } = request.params;
    if (typeof uri !== 'string') return invalidParams('The URI of a resource is missing.');
    const meant = await this.findResource(caller, uri);
    if (!meant) return noResource(request, uri);
    const params = { ...relayed(request.params), uri: meant.name };
    return this.signIns.through(caller.principal, request, exchange, goesOnWith(request), async ({ input }) => {
      const wanted = { method: 'resources/read', params, subject: uri, input } as const;
      const outcome = await this.relay(caller, meant, wanted, request, exchange);
      if (outcome.status === 'refused' && (outcome.error.code === -32002 || outcome.error.code === -32602)) {
        return noResource(request, uri);
      }
      return rewritten(caller, outcome, (result) => exposeContents(result, meant.server.handle));
    });
  }

  async getPrompt(caller: GatewayCaller, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    const { name } = request.params;
    if (typeof name !== 'string') return invalidParams('The name of a prompt is missing.');
    return this.signIns.through(caller.principal, request, exchange, goesOnWith(request), async ({ input }) => {
      const meant = await this.findPrompt(caller, name);
      if (!meant) return invalidParams('There is no such prompt.');
      const params = { ...relayed(request.params), name: meant.name };
      const wanted = { method: 'prompts/get', params, subject: name, input } as const;
      const outcome = await this.relay(caller, meant, wanted, request, exchange);
      return rewritten(caller, outcome, (result) => exposeLinks(result, meant.server.handle));
    });
  }

  async complete(caller: GatewayCaller, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    const ref = (request.params.ref ?? {}) as { type?: unknown; name?: unknown; uri?: unknown };
    const isPrompt = ref.type === 'ref/prompt';
    const named = isPrompt ? ref.name : ref.uri;
    if (typeof named !== 'string') return invalidParams('What is to be completed is missing.');
    const meant = isPrompt ? await this.findPrompt(caller, named) : await this.findResource(caller, named);
    if (!meant) return invalidParams('What is to be completed is not there.');
    const params = { ...relayed(request.params), ref: { ...ref, [isPrompt ? 'name' : 'uri']: meant.name } };
    const wanted = { method: 'completion/complete', params, subject: named } as const;
    return toReply(await this.relay(caller, meant, wanted, request, exchange));
  }

  /** Undefined where no server that the caller may use can have it. */
  async findResource(caller: GatewayCaller, uri: string): Promise<Meant | undefined> {
    const { servers } = await this.catalogues.find(caller);
    if (caller.place.kind === 'server') return servers[0] && { server: servers[0], name: uri };
    const named = readExposedUri(uri);
    const server = named && servers.find(({ handle }) => handle === named.handle);
    return server && { server, name: named.uri };
  }

  private async findPrompt(caller: GatewayCaller, name: string): Promise<Meant | undefined> {
    const { servers } = await this.catalogues.find(caller);
    if (caller.place.kind === 'server') return servers[0] && { server: servers[0], name };
    // The name of a prompt begins with the handle of its server; a hash may have cut the rest.
    const near = servers.filter(({ handle }) => name.startsWith(handle));
    const lists = await Promise.all(
      near.map(async ({ id, handle }) =>
        (await this.offers.listIfThere(caller.principal.userId, id, 'prompts')).map((item) => ({
          serverId: id,
          handle,
          item,
        })),
      ),
    );
    const found = exposePrompts(lists.flat()).get(name);
    if (!found) await this.requireSignIn(caller.principal, name, near);
    const server = found && servers.find(({ id }) => id === found.serverId);
    return server && { server, name: String(found.item.name) };
  }

  /** Nobody sees which prompts a server has that nobody is signed in to. @throws AppError UPSTREAM_SIGN_IN_NEEDED */
  private async requireSignIn(principal: Principal, name: string, servers: readonly OfferingServer[]): Promise<void> {
    const named = servers.find(({ handle }) => name.startsWith(`${handle}${SEPARATOR}`));
    if (!named || !reachesWholeServer(principal, named.id)) return;
    try {
      await this.offers.list(principal.userId, named.id, 'prompts');
    } catch (error) {
      if (readSignInNeeded(error)) throw error;
    }
  }

  /** @throws AppError of access, UPSTREAM_SIGN_IN_NEEDED */
  private async relay(
    { principal }: GatewayCaller,
    { server }: Meant,
    wanted: Omit<WantedRequest, 'serverId'>,
    request: ClientRequest,
    exchange: Exchange,
  ): Promise<RelayOutcome> {
    const { clientFeatures } = await this.upstreams.describe(server.id);
    const listener = listenFor(request, exchange, clientFeatures);
    const inputRequired = request.era === 'modern' ? 'relay' : 'answer';
    const outcome = await this.requests.relay(
      principal,
      { ...wanted, serverId: server.id },
      { ...listener, inputRequired },
    );
    if (outcome.status === 'not_sent' && outcome.fault.signIn) throw signInNeeded(outcome.fault.signIn);
    return outcome;
  }
}

/** What came back from a question of its server. */
function goesOnWith({ input }: ClientRequest): GoesOn {
  if (!input) return {};
  const state = (input.state as { state?: string } | undefined)?.state;
  return { input: { responses: input.responses, ...(state !== undefined && { state }) } };
}

/** Without what is between two neighbours. */
const relayed = ({ _meta, inputResponses, requestState, ...params }: RawResult): RawResult => params;

const noResource = ({ era }: ClientRequest, uri: string): Reply => ({
  kind: 'error',
  code: NO_RESOURCE[era],
  message: 'Resource not found',
  data: { uri },
});

function rewritten({ place }: GatewayCaller, outcome: RelayOutcome, rewrite: (result: RawResult) => RawResult): Reply {
  if (outcome.status === 'answered' && outcome.answer.resultType === 'input_required')
    return toQuestion(outcome.answer);
  if (outcome.status !== 'answered' || place.kind === 'server') return toReply(outcome);
  const { resultType } = outcome.answer;
  return { kind: 'result', text: JSON.stringify(rewrite(outcome.answer.result())), resultType };
}

/** Of a server of the modern era, for a client of the same. */
function toQuestion(answer: RelayedAnswer): Reply {
  const { inputRequests, requestState } = answer.result();
  return {
    kind: 'input_required',
    ...(typeof inputRequests === 'object' && inputRequests !== null && { inputRequests: inputRequests as JsonObject }),
    state: typeof requestState === 'string' ? { state: requestState } : {},
  };
}
