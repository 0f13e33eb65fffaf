import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
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
process.on('message', async (ask) => {
  if (ask === 'look') return;
  if ('requestLog' in ask) await switchRequestLog(ask.requestLog);
  if ('countStatements' in ask) await countStatements(ask.countStatements);
  if ('requestLog' in ask || 'countStatements' in ask) process.send({ statements });
});
process.channel?.unref();

/** The request that something is done for, until it is answered. */
const requests = new AsyncLocalStorage();
let statements = 0;
let counting = false;
let attached = false;

/** Counts the statements that requests wait for; what is written later, and caches kept fresh, belong to nobody. */
async function countStatements(wanted) {
  counting = wanted;
  if (wanted) statements = 0;
  if (attached) return;
  attached = true;
  subscribe('http.server.request.start', () => requests.enterWith({ answered: false }));
  subscribe('http.server.response.finish', () => {
    const request = requests.getStore();
    if (request) request.answered = true;
  });
  const { default: pg } = await import('pg');
  const query = pg.Client.prototype.query;
  pg.Client.prototype.query = function (...given) {
    if (counting && requests.getStore()?.answered === false) statements += 1;
    return query.apply(this, given);
  };
}

let tell;

/** Lets the product do without its request log, to see what it costs. */
async function switchRequestLog(wanted) {
  const { RequestLog } = await import(new URL('../../dist/src/core/execution/request-log.js', import.meta.url).href);
  tell ??= RequestLog.prototype.tell;
  RequestLog.prototype.tell = wanted ? tell : () => undefined;
}
