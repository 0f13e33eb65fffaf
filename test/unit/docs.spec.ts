import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { NOTE_CODES } from '@app/schema-compiler';

const ROOT = resolve(__dirname, '../..');

test('the generated pages of docs/ are current', async () => {
  const checked = promisify(execFile)(process.execPath, ['scripts/docs.mjs', '--check'], {
    cwd: ROOT,
    timeout: 30_000,
  });
  await expect(checked).resolves.toMatchObject({ stderr: '' });
});

test('docs/tools.md says what every note of a score means', async () => {
  const page = await readFile(resolve(ROOT, 'docs/tools.md'), 'utf8');
  expect(NOTE_CODES.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
