import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package.json, which lies at another depth above the sources than above what is built. */
export const PROJECT_ROOT = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('There is no package.json above the program.');
  return findRoot(above);
}
