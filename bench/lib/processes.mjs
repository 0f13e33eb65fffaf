import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROBE = new URL('./probe.mjs', import.meta.url).href;
const fileOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * A measured server in a process of its own; resolves with the first address that it prints.
 * @param options.outputTo a file for what it prints, so that nobody has to read along
 */
export async function startServer(script, { env = {}, cpu, outputTo, flags = [] } = {}) {
  const args = ['--expose-gc', ...flags, '--import', PROBE, script];
  const [command, ...rest] = cpu === undefined ? [process.execPath] : ['taskset', '-c', String(cpu), process.execPath];
  const child = spawn(command, [...rest, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', outputTo === undefined ? 'pipe' : openSync(outputTo, 'a'), 'inherit', 'ipc'],
  });
  const origin = await originOf(child, outputTo);
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${script} ended with ${code ?? signal}.`);
  });
  ended.catch(() => undefined);
  const ask = async (order) => {
    const answered = once(child, 'message');
    child.send(order);
    const [answer] = await Promise.race([answered, ended]);
    return answer;
  };
  return {
    origin,
    pid: child.pid,
    ask,
    look: () => ask('look'),
    cpuMs: () => cpuMsOf(child.pid),
    kill: (signal = 'SIGTERM') => child.kill(signal),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function originOf(child, outputTo) {
  let printed = '';
  child.stdout?.on('data', (chunk) => {
    printed = (printed + chunk).slice(-10_000);
  });
  for (;;) {
    if (outputTo !== undefined) printed = readFileSync(outputTo, 'utf8');
    const found = /(?:App|Bare|Worker)\s+(\S+)/.exec(printed)?.[1];
    if (found) return found;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`It ended: ${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Bare `ws` and bare socket.io, with nothing of ours. */
export const startBare = (options) => startServer(fileOf('./bare-server.mjs'), options);

/** Bare Fastify with a check of tokens. */
export const startBareApi = (options) => startServer(fileOf('./bare-api.mjs'), options);

/** Bare Fastify that hands a call on, to `UPSTREAM` of its `env`. */
export const startBareRelay = (options) => startServer(fileOf('./bare-relay.mjs'), options);

/** An MCP server of a few lines. */
export const startBareUpstream = (options) => startServer(fileOf('./bare-upstream.mjs'), options);

/** A hop to an MCP server, of `bench/lib/gateway/`. */
export const startHop = (name, options) => startServer(fileOf(`./gateway/${name}.mjs`), options);

/** What a process has used of the processors, user and system. Clock ticks are 10 ms on Linux. */
export function cpuMsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Clients in a process of their own. `ask` runs one order of load.mjs and gives its answer. */
export async function startLoad({ cpu } = {}) {
  const [command, ...rest] = cpu === undefined ? [process.execPath] : ['taskset', '-c', String(cpu), process.execPath];
  const child = spawn(command, [...rest, fileOf('./load.mjs')], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let asked = 0;
  const waiting = new Map();
  child.on('message', ({ id, answer, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error));
    else resolve(answer);
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('The load process ended.'));
  });
  return {
    ask: (order, ...given) =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject });
        child.send({ id: asked, order, given });
      }),
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
