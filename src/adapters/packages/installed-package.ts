import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { PackageFault } from '../../core/registry/package-runner.port.js';

/**
 * The program of an installed package, inside its folder: the one with the package's own name, else the only or first one.
 * @throws PackageFault
 */
export async function findEntry(folder: string, name: string): Promise<string> {
  const root = join(folder, 'node_modules', name);
  const { bin } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { bin?: unknown };
  const programs = typeof bin === 'string' ? { only: bin } : ((bin ?? {}) as Record<string, unknown>);
  const own = name.slice(name.indexOf('/') + 1);
  const program = Object.hasOwn(programs, own) ? programs[own] : Object.values(programs)[0];
  if (typeof program !== 'string') throw new PackageFault('it has no program.');
  const entry = await realpath(join(root, program)).catch(() => undefined);
  if (!entry?.startsWith((await realpath(folder)) + sep)) throw new PackageFault('its program is not in it.');
  return entry;
}

/** The name of a part that came from anywhere but the registry (a git repository, a URL), or undefined. */
export async function findForeignSource(folder: string, registry: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8');
  const { packages = {} } = JSON.parse(text) as {
    packages?: Record<string, { resolved?: string; inBundle?: boolean }>;
  };
  const origin = new URL(registry).origin;
  const foreign = Object.entries(packages).find(
    ([, { resolved, inBundle }]) =>
      !(inBundle && resolved === undefined) && (resolved === undefined || URL.parse(resolved)?.origin !== origin),
  );
  return foreign?.[0].replace(/^.*node_modules\//, '');
}
