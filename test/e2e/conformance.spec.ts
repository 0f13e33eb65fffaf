import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = resolve(__dirname, '../../scripts/conformance.mjs');

test('the upstream that the gateway is compared with passes every check of the suites by itself', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, 'server', '--alone']);
  const counts = stdout.match(/\d+ passed +\d+ failed/g)?.map((line) => line.split(/\D+/).map(Number).slice(0, 2));
  expect(counts).toEqual([
    [44, 0],
    [84, 0],
    [196, 0],
  ]);
}, 120_000);
