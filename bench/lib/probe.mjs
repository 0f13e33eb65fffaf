import { readdirSync } from 'node:fs';
import { getHeapCodeStatistics } from 'node:v8';

/** Preloaded into every measured server (`--import`, with `--expose-gc`): answers the questions of the benchmark. */
let unhandled = 0;
process.on('unhandledRejection', (reason) => {
  unhandled += 1;
  console.error('unhandled rejection', reason);
});
process.on('message', (ask) => {
  if (ask !== 'look') return;
  // Twice with a pause: what the first collection frees may hold what only the second can.
  globalThis.gc();
  setTimeout(() => {
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    const { code_and_metadata_size: code } = getHeapCodeStatistics();
    const descriptors = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
    const { user, system } = process.cpuUsage();
    process.send({ rss, heapUsed, external, code, descriptors, unhandled, cpuMs: (user + system) / 1000 });
  }, 200);
});
process.channel?.unref();
