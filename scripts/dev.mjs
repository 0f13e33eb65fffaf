import { spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { inRoot, recentNode, ROOT, SERVER_FLAGS } from './lib/node.mjs';
import { isPresent } from './lib/inputs.mjs';
import { runStep } from './lib/steps.mjs';

/** Rebuilds and restarts the server when its sources change; the web client is rebuilt by Vite beside it. */
const SETTLE_MS = 150;
const node = recentNode();
const children = new Set();
let server;
let ending = false;

function start(args, env = {}) {
  const child = spawn(node, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

const ended = (child) =>
  new Promise((done) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', done);
    child.kill('SIGTERM');
  });

let building = false;
let again = false;
async function rebuild() {
  again = true;
  if (building) return;
  building = true;
  while (again && !ending) {
    again = false;
    const { passed } = await runStep({ name: 'build server', args: ['scripts/build.mjs', 'server'] });
    if (!passed || again) continue;
    await ended(server);
    if (!ending) server = start([...SERVER_FLAGS, 'dist/src/main.js']);
  }
  building = false;
}

let timer;
for (const folder of ['src', 'libs', 'demo'].filter((name) => existsSync(inRoot(name)))) {
  watch(inRoot(folder), { recursive: true }, (_, name) => {
    if (!name?.endsWith('.ts') || name.endsWith('.spec.ts')) return;
    clearTimeout(timer);
    timer = setTimeout(rebuild, SETTLE_MS);
  });
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    if (ending) return;
    ending = true;
    await Promise.all([...children].map(ended));
    process.exit(0);
  });
}

if (isPresent('web')) {
  start(['node_modules/vite/bin/vite.js', 'build', '--watch', '--config', 'web/vite.config.ts', '--logLevel', 'warn']);
}
await rebuild();
