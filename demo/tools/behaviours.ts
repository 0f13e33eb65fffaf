import { setTimeout as wait } from 'node:timers/promises';
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { answer, type Demo, failure, READS, WRITES } from '../demo.js';

/** Tools that are there to be watched: echoing, slow, failing, flaky. */
export function registerBehaviourTools(server: McpServer, demo: Demo): void {
  server.registerTool(
    'echo',
    {
      title: 'Echo',
      description: 'Echoes a message back.',
      inputSchema: z.object({ message: z.string().max(10_000).describe('What to say back') }),
      annotations: READS,
    },
    async ({ message }) => answer(message),
  );

  server.registerTool(
    'slow_count',
    {
      title: 'Slow count',
      description: 'Counts slowly for some seconds and reports its progress; can be stopped.',
      inputSchema: z.object({ seconds: z.number().min(0.1).max(120).default(5).describe('How long, in seconds') }),
      outputSchema: z.object({ steps: z.int() }),
      annotations: READS,
    },
    async ({ seconds }, ctx) => {
      const steps = Math.max(2, Math.min(60, Math.ceil(seconds)));
      for (let step = 1; step <= steps; step += 1) {
        await pause((seconds * 1000) / steps, ctx.mcpReq.signal, () =>
          demo.state.note(`slow_count stopped at ${step}`),
        );
        await reportProgress(ctx, step, steps);
      }
      return answer(`Counted to ${steps} in ${seconds} s.`, { steps });
    },
  );

  server.registerTool(
    'fail_always',
    {
      title: 'Fail always',
      description: 'Fails, whatever it is given.',
      inputSchema: z.object({}),
      annotations: READS,
    },
    async () => failure('This tool fails on purpose.'),
  );

  server.registerTool(
    'flaky',
    {
      title: 'Flaky',
      description: 'Fails the first time for a given key and succeeds from then on.',
      inputSchema: z.object({ key: z.string().min(1).max(200).default('default').describe('Any word') }),
      outputSchema: z.object({ key: z.string() }),
      annotations: { ...WRITES, idempotentHint: true },
    },
    async ({ key }) => {
      if (demo.state.isFirst(key)) return failure(`Not available yet (key ${key}). Try again.`);
      return answer(`Worked this time (key ${key}).`, { key });
    },
  );

  server.registerTool(
    'big_result',
    {
      title: 'Big result',
      description: 'Returns a long text, larger than a message should be.',
      inputSchema: z.object({ kib: z.int().min(1).max(1024).default(40).describe('Size in KiB') }),
      annotations: READS,
    },
    async ({ kib }) => {
      const line = 'The quick brown fox jumps over the lazy dog. 0123456789 abcdefg\n';
      return answer(line.repeat(Math.ceil((kib * 1024) / line.length)).slice(0, kib * 1024));
    },
  );
}

async function pause(ms: number, signal: AbortSignal, onStopped: () => void): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    onStopped();
    throw error;
  }
}

async function reportProgress(ctx: ServerContext, progress: number, total: number): Promise<void> {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return;
  const message = `${progress} of ${total}`;
  await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total, message } });
}
