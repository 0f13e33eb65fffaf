import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProcess, isPidTaken } from './processes.js';
import { withStartLock } from './start-lock.js';
import { until } from './until.js';

let folder: string;
const options = { deadlineMs: 5_000 };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-lock-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('one works at a time', async () => {
  let working = 0;
  let most = 0;
  const work = () =>
    withStartLock(folder, options, async () => {
      working += 1;
      most = Math.max(most, working);
      await access(join(folder, 'start.lock'));
      working -= 1;
    });
  await Promise.all(Array.from({ length: 8 }, work));
  expect(most).toBe(1);
});

test('the lock of a process that died is taken over', async () => {
  await writeFile(join(folder, 'start.lock'), '2147483647 1 gone');
  await expect(withStartLock(folder, options, async () => 'done')).resolves.toBe('done');
});

test('the lock of a process whose pid was given out again is taken over', async () => {
  await writeFile(join(folder, 'start.lock'), `${process.pid} long-ago x`);
  await expect(withStartLock(folder, options, async () => 'done')).resolves.toBe('done');
});

test('the lock of a live process is waited for until the deadline', async () => {
  await withStartLock(folder, options, async () => {
    const second = withStartLock(folder, { deadlineMs: 50 }, async () => 'done');
    await expect(second).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_LOCKED' });
  });
});

test('a failure releases the lock', async () => {
  const failing = withStartLock(folder, options, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  await expect(withStartLock(folder, options, async () => 'done')).resolves.toBe('done');
});

test('a process that ended without being collected counts as gone', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(await until(async () => !(await findProcess(pid)), { deadlineMs: 5_000 })).toBe(true);
    expect(isPidTaken(pid)).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});
