import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** Limits that a benchmark must not measure. Printed with the figures. */
export const SETTINGS = {
  RATE_LIMIT_RPM: '0',
  RATE_LIMIT_AUTH_RPM: '0',
  RATE_LIMIT_FRAMES: '0',
  OTP_COOLDOWN_SECONDS: '0',
  LOG_LEVEL: 'warn',
};

/** The built product in a process of its own, on a data folder of its own. */
export async function startApp() {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const run = async () => {
    const started = performance.now();
    const child = spawn(process.execPath, [MAIN], {
      env: { ...process.env, ...SETTINGS, DATA_DIR: join(folder, 'data'), PORT: '0', NODE_ENV: 'development' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const origin = await new Promise((resolve, reject) => {
      let printed = '';
      child.stdout.on('data', (chunk) => {
        printed += chunk;
        const found = /App\s+(http:\S+)/.exec(printed)?.[1];
        if (found) resolve(found);
      });
      child.once('exit', () => reject(new Error(`The app did not start: ${printed}`)));
    });
    return { child, origin, readyMs: performance.now() - started };
  };
  const stop = async ({ child }) => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  const cold = await run();
  await stop(cold);
  const warm = await run();
  return {
    origin: warm.origin,
    coldMs: cold.readyMs,
    warmMs: warm.readyMs,
    stop: async () => {
      await stop(warm);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
