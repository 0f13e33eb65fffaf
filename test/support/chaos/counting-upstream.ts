import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export interface CountingUpstream {
  url: string;
  /** How often each call happened, by `<tool> <id>`. */
  counts: () => Promise<Map<string, number>>;
  stop: () => Promise<void>;
}

/** In a process of its own, so that nothing that happens to the product happens to its record. */
export async function startCountingUpstream(
  folder: string,
  { seed, slowestMs }: { seed: number; slowestMs: number },
): Promise<CountingUpstream> {
  const file = join(folder, 'effects.txt');
  const script = resolve(__dirname, 'counting-upstream.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify({ file, seed, slowestMs })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url: (JSON.parse(line) as { url: string }).url,
    counts: async () => {
      const counts = new Map<string, number>();
      for (const entry of (await readFile(file, 'utf8').catch(() => '')).split('\n')) {
        if (entry !== '') counts.set(entry, (counts.get(entry) ?? 0) + 1);
      }
      return counts;
    },
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
