import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, totalmem } from 'node:os';

/** What the figures were taken on. */
export const machine = () => ({
  processors: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
});

const PERIOD_US = 10_000;

/**
 * Holds a process to a share of one processor, by a Linux control group of its own.
 * @returns what lets it go; undefined where this user may not make one
 */
export function holdTo(pid, share) {
  const quota = Math.round(PERIOD_US * share);
  const versions = [
    {
      root: '/sys/fs/cgroup/cpu',
      write: (folder) => {
        writeFileSync(`${folder}/cpu.cfs_period_us`, String(PERIOD_US));
        writeFileSync(`${folder}/cpu.cfs_quota_us`, String(quota));
      },
    },
    { root: '/sys/fs/cgroup', write: (folder) => writeFileSync(`${folder}/cpu.max`, `${quota} ${PERIOD_US}`) },
  ];
  for (const { root, write } of versions) {
    const folder = `${root}/switchyard-bench-${pid}`;
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    const release = () => {
      try {
        for (const held of readFileSync(`${folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean)) {
          writeFileSync(`${root}/cgroup.procs`, held);
        }
        rmdirSync(folder);
      } catch {
        // The process has ended, or ends: an empty group stays.
      }
    };
    try {
      write(folder);
      writeFileSync(`${folder}/cgroup.procs`, String(pid));
      return release;
    } catch {
      release();
    }
  }
  return undefined;
}

/** A Redis of its own that keeps nothing. */
export async function startRedis() {
  const port = await freePort();
  const child = spawn(process.env.REDIS_SERVER ?? 'redis-server', [
    ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
  ]);
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.on('data', (chunk) => {
      if (String(chunk).includes('Ready to accept connections')) resolve();
    });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
