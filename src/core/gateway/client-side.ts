import { RequestRefused, type RawResult } from '@app/mcp-client';
import type { ClientRequest, Exchange, JsonObject, Question } from '@app/mcp-gateway';
import type { RelayListener } from '../execution/relay.js';
import type { ClientFeature } from '../registry/server.js';
import type { RunningCall } from './parked-call.js';

const METHOD_NOT_FOUND = -32601;
const NONE: JsonObject = Object.freeze({});

/**
 * Whether the client of a request can answer such a question, and the server may put it.
 * @param features what the server may ask for beside elicitation
 */
export function canAnswer(
  { clientCapabilities: can }: ClientRequest,
  { method, params }: Question,
  features: readonly ClientFeature[],
): boolean {
  switch (method) {
    case 'elicitation/create':
      return canElicit(can, params.mode === 'url' ? 'url' : 'form');
    case 'sampling/createMessage':
      return can.sampling !== undefined && features.includes('sampling');
    case 'roots/list':
      return can.roots !== undefined && features.includes('roots');
    default:
      return false;
  }
}

/** A client that names no mode knows forms (2025-11-25, Elicitation, Capabilities). */
export function canElicit({ elicitation }: JsonObject, mode: 'form' | 'url'): boolean {
  if (typeof elicitation !== 'object' || elicitation === null) return false;
  const modes = elicitation as JsonObject;
  return mode in modes || (mode === 'form' && !('url' in modes));
}

/** What a server hears of the client behind a request: what it may ask for, and which extensions both know. */
const passedOnCapabilities = (
  { clientCapabilities: { elicitation, sampling, roots, extensions } }: ClientRequest,
  features: readonly ClientFeature[],
): JsonObject => {
  if (!elicitation && !sampling && !roots && !extensions) return NONE;
  return {
    ...(elicitation !== undefined && { elicitation }),
    ...(sampling !== undefined && features.includes('sampling') && { sampling }),
    ...(roots !== undefined && features.includes('roots') && { roots }),
    ...(extensions !== undefined && { extensions }),
  };
};

/** Brings what a server says on the way to the client, and its questions where the client can be asked at once. */
export function listenFor(
  request: ClientRequest,
  exchange: Exchange,
  features: readonly ClientFeature[],
  inputRequired?: 'relay',
): RelayListener {
  const { ask, signal } = exchange;
  const hasProgress = request.progressToken !== undefined;
  const wantsLogs = request.era === 'legacy' || request.logLevel !== undefined;
  return {
    signal,
    onProgress: hasProgress ? ({ progressToken: _, ...params }: RawResult) => exchange.progress(params) : undefined,
    onLog: wantsLogs ? (params: RawResult) => exchange.log(params) : undefined,
    logLevel: wantsLogs ? request.logLevel : undefined,
    onNotification: undefined,
    onRequest:
      ask && ((method, params, options) => askClient(request, ask, { method, params }, { ...options, features })),
    capabilities: passedOnCapabilities(request, features),
    inputRequired,
  };
}

/** What the client cannot be asked is as if nobody wanted to answer; what is no question for clients is refused. */
async function askClient(
  request: ClientRequest,
  ask: NonNullable<Exchange['ask']>,
  { method, params }: { method: string; params: RawResult },
  { signal, features }: { signal: AbortSignal; features: readonly ClientFeature[] },
): Promise<RawResult> {
  const question = { method, params } as Question;
  if (canAnswer(request, question, features)) return await ask(question, { signal });
  if (method === 'elicitation/create') return { action: 'cancel' };
  throw new RequestRefused(METHOD_NOT_FOUND, 'The client behind this request does not offer that.');
}

/** Whether there is anything that a server could ask the client of a request. */
export const mayBeAsked = ({ clientCapabilities: { elicitation, sampling, roots } }: ClientRequest): boolean =>
  elicitation !== undefined || sampling !== undefined || roots !== undefined;

/** As `listenFor`, for a call whose client goes away with each question and comes back with the answer. */
export const listenThrough = (
  call: RunningCall,
  request: ClientRequest,
  features: readonly ClientFeature[],
): RelayListener =>
  listenFor(
    request,
    {
      signal: call.ends.signal,
      progress: (params) => call.exchange.progress(params),
      log: (params) => call.exchange.log(params),
      notify: (method, params) => call.exchange.notify(method, params),
      ask: ({ method, params }, { signal = call.ends.signal }) =>
        call.ask({ method, params: withoutElicitationId(params) }, signal),
    },
    features,
  );

/** Gone since 2026-07-28, where the answer comes with the request that is made again. */
const withoutElicitationId = ({ elicitationId: _, ...params }: JsonObject): JsonObject => params;
