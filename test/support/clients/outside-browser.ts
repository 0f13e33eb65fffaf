import { chmod, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Meeting } from './meeting.js';

const SCRIPT = resolve(__dirname, 'browser.mjs');

/** A program that clients find as they find a browser: by `BROWSER`, and as `xdg-open` on the path. */
export async function placeBrowser(folder: string, origin: string, token: string): Promise<Meeting['browser']> {
  const command = join(folder, 'xdg-open');
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${SCRIPT}' "$1"\n`);
  await chmod(command, 0o755);
  const PATH = `${folder}:${process.env.PATH ?? ''}`;
  return { command, env: { PATH, BROWSER: command, BROWSER_AT: origin, BROWSER_TOKEN: token } };
}
