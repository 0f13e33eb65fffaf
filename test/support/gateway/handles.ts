import { readdir, readlink } from 'node:fs/promises';
import type { AppProcess } from '../chaos/app-process.js';
import { pause } from '../chaos/until.js';
import { readSamples, total } from '../prometheus.js';

export const METRICS_TOKEN = 'a.token.of.tests.only';

const SETTLE_MS = 30_000;
const RESOURCES = 'nodejs_active_resources';

/** What a process holds, as seen from outside. */
export interface Held {
  sockets: number;
  timers: number;
  rssMiB: number;
}

async function lookAt({ url, pid }: AppProcess): Promise<Held> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  const samples = readSamples(await answer.text());
  return {
    sockets: await socketsOf(pid),
    timers: total(samples, RESOURCES, { type: 'Timeout' }) ?? 0,
    rssMiB: Math.round((total(samples, 'process_resident_memory_bytes') ?? 0) / 2 ** 20),
  };
}

/** Once it holds no more than this, or the same for a while: connections are kept for some seconds. */
export async function settledAt(app: AppProcess, most?: Held): Promise<Held> {
  const giveUpAt = Date.now() + SETTLE_MS;
  let last = await lookAt(app);
  for (let same = 0; same < 8 && Date.now() < giveUpAt;) {
    await pause(1_000);
    const held = await lookAt(app);
    if (most && held.sockets <= most.sockets && held.timers <= most.timers) return held;
    same = held.sockets === last.sockets && held.timers === last.timers ? same + 1 : 0;
    last = held;
  }
  return last;
}

async function socketsOf(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return targets.filter((target) => target.startsWith('socket:')).length;
}
