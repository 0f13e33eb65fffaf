import { plainAnswer, type ServerByHand, startServerByHand, tell } from './server-by-hand.js';

export interface ListingUpstream extends ServerByHand {
  /** What arrived, in order. */
  calls: { tool: string; arguments: unknown }[];
}

/** A server without sessions, so that no library judges what it lists or is sent. */
export async function startListingUpstream(tools: readonly object[]): Promise<ListingUpstream> {
  const calls: ListingUpstream['calls'] = [];
  const server = await startServerByHand((message, response) => {
    const { id, method, params = {} } = message;
    if (id === undefined) return void response.writeHead(202).end();
    if (method !== 'tools/call') return tell(message, plainAnswer(method, { name: 'listing', tools }), response);
    calls.push({ tool: String(params.name), arguments: params.arguments });
    tell(message, { result: { content: [{ type: 'text', text: 'ok' }] } }, response);
  });
  return { ...server, calls };
}
