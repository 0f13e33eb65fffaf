import { RequestRefused, type RawResult } from '@app/mcp-client';
import type { ClientRequest, Exchange, JsonObject, Question } from '@app/mcp-gateway';
import type { RelayListener } from '../execution/relay.js';

const METHOD_NOT_FOUND = -32601;

/** Whether the client of a request can answer such a question (elicitation of both modes, sampling, roots). */
export function canAnswer({ clientCapabilities: can }: ClientRequest, { method, params }: Question): boolean {
  switch (method) {
    case 'elicitation/create':
      return canElicit(can, params.mode === 'url' ? 'url' : 'form');
    case 'sampling/createMessage':
      return can.sampling !== undefined;
    case 'roots/list':
      return can.roots !== undefined;
  }
}

/** A client that names no mode knows forms (2025-11-25, Elicitation, Capabilities). */
export function canElicit({ elicitation }: JsonObject, mode: 'form' | 'url'): boolean {
  if (typeof elicitation !== 'object' || elicitation === null) return false;
  const modes = elicitation as JsonObject;
  return mode in modes || (mode === 'form' && !('url' in modes));
}

/** What a server hears of the client behind a request: that there is somebody to ask, and nothing else of it. */
export const passedOnCapabilities = ({ clientCapabilities: { elicitation, sampling } }: ClientRequest): JsonObject => ({
  ...(elicitation !== undefined && { elicitation }),
  ...(sampling !== undefined && { sampling }),
});

/** Brings what a server says on the way to the client, and its questions where the client can be asked at once. */
export function listenFor(request: ClientRequest, exchange: Exchange): RelayListener {
  const { ask, signal } = exchange;
  const hasProgress = request.progressToken !== undefined;
  const wantsLogs = request.era === 'legacy' || request.logLevel !== undefined;
  return {
    signal,
    ...(hasProgress && { onProgress: ({ progressToken: _, ...params }: RawResult) => exchange.progress(params) }),
    ...(wantsLogs && { onLog: (params: RawResult) => exchange.log(params), logLevel: request.logLevel }),
    capabilities: passedOnCapabilities(request),
    ...(ask && { onRequest: (method, params, options) => askClient(request, ask, { method, params }, options) }),
  };
}

/** What the client cannot be asked is as if nobody wanted to answer; what is no question for clients is refused. */
async function askClient(
  request: ClientRequest,
  ask: NonNullable<Exchange['ask']>,
  { method, params }: { method: string; params: RawResult },
  { signal }: { signal: AbortSignal },
): Promise<RawResult> {
  const question = { method, params } as Question;
  if (canAnswer(request, question)) return await ask(question, { signal });
  if (method === 'elicitation/create') return { action: 'cancel' };
  throw new RequestRefused(METHOD_NOT_FOUND, 'The client behind this request does not offer that.');
}
