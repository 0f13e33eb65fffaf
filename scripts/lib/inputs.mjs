import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot, ROOT } from './node.mjs';

/** What each half of the product is built from, where to, and the file without which it was not built. */
export const PARTS = {
  server: {
    from: ['src/**', 'libs/**', 'demo/**', '.swcrc', 'nest-cli.json', 'tsconfig.json', 'package-lock.json'],
    to: 'dist',
    proof: 'dist/src/main.js',
  },
  web: {
    from: [
      'web/index.html',
      'web/vite.config.ts',
      'web/tsconfig.json',
      'web/src/**',
      'web/public/**',
      'libs/**',
      'package-lock.json',
    ],
    to: 'web/dist',
    proof: 'web/dist/index.html',
  },
};

/** By content: what a checkout does to modification times says nothing. */
function fingerprint({ from }) {
  const hash = createHash('sha256');
  for (const path of globSync(from, { cwd: ROOT }).sort()) {
    const file = join(ROOT, path);
    if (path.endsWith('.spec.ts') || !statSync(file).isFile()) continue;
    const content = readFileSync(file);
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

const stampOf = ({ to }) => inRoot(`${to}/.built-from`);

export function isFresh(name) {
  const part = PARTS[name];
  if (!existsSync(inRoot(part.proof)) || !existsSync(stampOf(part))) return false;
  return readFileSync(stampOf(part), 'utf8') === fingerprint(part);
}

export const fingerprintOf = (name) => fingerprint(PARTS[name]);

/** @param {string} taken the fingerprint from before the build: what changed meanwhile is not in it */
export function markFresh(name, taken) {
  writeFileSync(stampOf(PARTS[name]), taken);
}

/** Whether there is a source to build it from. */
export const isPresent = (name) => existsSync(inRoot(name === 'web' ? 'web/vite.config.ts' : 'src'));
