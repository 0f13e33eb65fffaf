import { Agent, request } from 'node:http';
import { modernCall } from './modern-call.js';

const CONNECTIONS = 8;

interface Order {
  url: string;
  headers: Record<string, string>;
  /** Called in turns. */
  tools: readonly string[];
  calls: number;
  signal?: AbortSignal;
}

/** Calls tools over a few connections. @returns the time in ms under which 99 of 100 calls stayed */
export async function hammer({ url, headers, tools, calls, signal }: Order): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  let left = calls;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const tool = tools[left % tools.length] ?? '';
      const startedAt = performance.now();
      await send(agent, url, modernCall(tool, { message: 'hello' }, headers), signal);
      times.push(performance.now() - startedAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(CONNECTIONS, calls) }, one));
  } finally {
    agent.destroy();
  }
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

type Call = ReturnType<typeof modernCall>;

function send(agent: Agent, url: string, { headers, body }: Call, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers, ...(signal && { signal }) }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode === 200 && text.includes('"hello"')) resolve();
        else reject(new Error(`A call was answered ${answer.statusCode}: ${text.slice(0, 500)}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
