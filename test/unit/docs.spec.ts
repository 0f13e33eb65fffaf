import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '../..');

test('the generated pages of docs/ are current', async () => {
  const checked = promisify(execFile)(process.execPath, ['scripts/docs.mjs', '--check'], {
    cwd: ROOT,
    timeout: 30_000,
  });
  await expect(checked).resolves.toMatchObject({ stderr: '' });
});
