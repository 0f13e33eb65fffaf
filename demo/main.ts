import { parseArgs } from 'node:util';
import { startDemoHttp } from './http.js';

const DEFAULT_PORT = 7400;

const { values } = parseArgs({ options: { port: { type: 'string', default: String(DEFAULT_PORT) } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_485) {
  process.stderr.write('--port takes a whole number from 0 to 65485.\n');
  process.exit(2);
}

const demo = await startDemoHttp({ port });

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(0), 2000).unref();
  void demo.close().finally(() => process.exit(0));
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
// The parent holds the other end: when it dies in whatever way, the pipe closes and no orphan stays.
process.stdin.once('end', stop).once('close', stop).once('error', stop).resume();

process.stdout.write(`${JSON.stringify({ listening: demo.url })}\n`);
