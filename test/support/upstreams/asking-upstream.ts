import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type Message, plainAnswer, type ServerByHand, startServerByHand, tell } from './server-by-hand.js';

export interface AskingUpstream extends ServerByHand {
  /** Everything that arrived, in order. */
  seen: { headers: IncomingHttpHeaders; message: Message }[];
  /** Of `ask`, by its label. */
  calls: (label: string) => number;
  cancelled: (label: string) => boolean;
}

const SCHEMA = { type: 'object', properties: { label: { type: 'string' }, times: { type: 'integer' } } };
const TOOLS = [{ name: 'ask', inputSchema: SCHEMA, annotations: { readOnlyHint: false } }];

/** A server of 2025-11-25: its tool asks so many times in the middle of the call, and says what was answered. */
export async function startAskingUpstream(): Promise<AskingUpstream> {
  const seen: AskingUpstream['seen'] = [];
  const answers = new Map<string, (result: Record<string, unknown>) => void>();
  const running = new Map<number | string, string>();
  const cancelled = new Set<string>();
  let questions = 0;

  async function work(message: Message, response: ServerResponse): Promise<void> {
    const { label = '', times = 1 } = (message.params?.arguments ?? {}) as { label?: string; times?: number };
    const id = message.id ?? '';
    running.set(id, label);
    const say = (content: object) => response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...content })}\n\n`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const said: unknown[] = [];
    for (let time = 1; time <= times; time += 1) {
      questions += 1;
      const question = `q${questions}`;
      const answered = new Promise<Record<string, unknown>>((resolve) => answers.set(question, resolve));
      const requestedSchema = { type: 'object', properties: { word: { type: 'string' } } };
      const params = { mode: 'form', message: `Question ${time} of ${label}`, requestedSchema };
      say({ id: question, method: 'elicitation/create', params });
      said.push(await answered);
    }
    say({ id, result: { content: [{ type: 'text', text: JSON.stringify(said) }] } });
    response.end();
    running.delete(id);
  }

  function take(message: Message, response: ServerResponse): void {
    const { id, method, params } = message;
    if (method === 'tools/call') return void work(message, response);
    if (id === undefined || method === undefined) {
      if (method === 'notifications/cancelled') cancelled.add(running.get(params?.requestId as number) ?? '');
      if (method === undefined) answers.get(String(id))?.(message.result ?? { refused: true });
      return void response.writeHead(202).end();
    }
    tell(message, plainAnswer(method, { name: 'asking', tools: TOOLS }), response, { 'mcp-session-id': 'the-one' });
  }

  const server = await startServerByHand((message, response, { headers }) => {
    seen.push({ headers, message });
    take(message, response);
  });
  const labelOf = ({ params }: Message) => (params?.arguments as { label?: string } | undefined)?.label;
  return {
    ...server,
    seen,
    calls: (label) =>
      seen.filter(({ message }) => message.method === 'tools/call' && labelOf(message) === label).length,
    cancelled: (label) => cancelled.has(label),
  };
}
