import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve, dirname } from 'node:path';
import { inRoot } from './node.mjs';

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s*(?:[\w*{][^'"`;]*?\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;

/** @returns {string[]} what is wrong with the compiled server: folders left out, imports that lead nowhere */
export function findFaults() {
  const missing = ['src', 'libs', 'demo'].filter(
    (name) => existsSync(inRoot(name)) && !existsSync(inRoot(`dist/${name}`)),
  );
  const faults = missing.map((name) => `dist/${name} was not emitted`);
  if (!existsSync(inRoot('dist'))) return faults;
  for (const entry of readdirSync(inRoot('dist'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.js')) continue;
    const file = join(entry.parentPath, entry.name);
    for (const [, fixed, dynamic] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const specifier = fixed ?? dynamic;
      const lost = specifier.startsWith('.') && !existsSync(resolve(dirname(file), specifier));
      if (lost || specifier.startsWith('@app/')) faults.push(`${file} imports ${specifier}, which leads nowhere`);
    }
  }
  return faults;
}
