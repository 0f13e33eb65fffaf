import { type Answer, plainAnswer, type ServerByHand, startServerByHand, tell } from './server-by-hand.js';

interface BareUpstream extends ServerByHand {
  calls: () => number;
  /** To `tools/call`: a result, or an error of JSON-RPC. */
  answerWith: (answer: Answer) => void;
  /** Is asked for this from now on, and says nothing. */
  hangAt: (method: string) => void;
}

/** A server with one tool, which answers what no library would let through. */
export async function startBareUpstream(tool: object): Promise<BareUpstream> {
  let next: Answer = { result: { content: [] } };
  let calls = 0;
  const hanging = new Set<string>();
  const answer = (method?: string): Answer => {
    if (method !== 'tools/call') return plainAnswer(method, { name: 'bare', tools: [tool], revision: '2025-06-18' });
    calls += 1;
    return next;
  };
  const server = await startServerByHand((message, response) => {
    if (message.id === undefined) return void response.writeHead(202).end();
    if (!hanging.has(message.method ?? '')) tell(message, answer(message.method), response);
  });
  return {
    ...server,
    calls: () => calls,
    answerWith: (given) => {
      next = given;
    },
    hangAt: (method) => void hanging.add(method),
  };
}
