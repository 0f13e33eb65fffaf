import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export interface ManyUpstreams {
  urlOf: (index: number) => string;
  /** These answer nothing from now on. @returns how many requests are held */
  hang: (indexes: readonly number[]) => Promise<number>;
  goOn: () => Promise<void>;
  stop: () => Promise<void>;
}

/** In a process of their own, so that they take nothing from what they are called by. */
export async function startManyUpstreams(): Promise<ManyUpstreams> {
  const script = resolve(__dirname, 'many-upstreams.mjs');
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const [{ origin }] = (await once(child, 'message')) as [{ origin: string }];
  const ask = async (order: object): Promise<number> => {
    const answered = once(child, 'message') as Promise<[{ held: number }]>;
    child.send(order);
    return (await answered)[0].held;
  };
  return {
    urlOf: (index) => `${origin}/${index}/mcp`,
    hang: (indexes) => ask({ hang: indexes }),
    goOn: async () => void (await ask({ goOn: true })),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
