import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const MAIN = resolve(__dirname, '../../fixtures/conformance-upstream/main.mjs');

export type UpstreamEra = 'both' | 'legacy' | 'modern' | 'sse';

export interface ConformanceUpstream {
  url: string;
  pid: number;
  changeTools: () => Promise<void>;
  changeResource: (uri: string) => Promise<void>;
  /** Of the call of `test_hold` with this label. */
  stateOf: (label: string) => Promise<'unknown' | 'held' | 'cancelled'>;
  /** `held`: calls of `test_hold` that nobody cancelled yet. */
  look: () => Promise<{ sessions: number; listeners: number; sockets: number; held: number }>;
  stop: () => Promise<void>;
}

/** In a process of its own, as the servers that customers connect. */
export async function startConformanceUpstream(era: UpstreamEra = 'both'): Promise<ConformanceUpstream> {
  const child = spawn(process.execPath, [MAIN, '--era', era], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const ask = asking(child);
  return {
    url,
    pid: child.pid ?? 0,
    changeTools: () => ask<void>('changeTools'),
    changeResource: (uri) => ask<void>('changeResource', uri),
    stateOf: (label) => ask('stateOf', label),
    look: () => ask('look'),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function asking(child: ChildProcess) {
  const waiting = new Map<number, (answer: unknown) => void>();
  let asked = 0;
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  return <Answer>(order: string, ...given: unknown[]): Promise<Answer> => {
    asked += 1;
    const id = asked;
    child.send({ id, order, given });
    return new Promise((answered) => waiting.set(id, answered as (answer: unknown) => void));
  };
}
