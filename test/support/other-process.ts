import { transformFile } from '@swc/core';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(__dirname, '..', '..');

export interface OtherProcess {
  child: ChildProcess;
  pid: number;
  /** The next line that it prints, parsed. Rejects when it ends first. */
  nextLine: <T>() => Promise<T>;
  exited: Promise<void>;
}

export interface CompiledSources {
  /** Runs an ES module given as text, with its imports relative to the project's root. */
  run: (script: string, options?: { argument?: unknown; ids?: { uid: number; gid: number } }) => Promise<OtherProcess>;
  remove: () => Promise<void>;
}

/**
 * The sources under some folders as JavaScript in a temporary folder, for what needs a second process to be killed.
 * @param folders relative to the project's root
 */
export async function compileSources(folders: string[]): Promise<CompiledSources> {
  const output = await mkdtemp(join(tmpdir(), 'switchyard-sources-'));
  await chmod(output, 0o755);
  await writeFile(join(output, 'package.json'), '{"type":"module"}');
  await symlink(join(ROOT, 'node_modules'), join(output, 'node_modules'));
  for (const folder of folders) {
    for (const file of await sourcesIn(join(ROOT, folder))) await compile(file, output);
  }
  return {
    run: async (script, { argument, ids } = {}) => {
      const file = join(output, `script-${process.hrtime.bigint()}.mjs`);
      await writeFile(file, script);
      const child = spawn(process.execPath, [file, JSON.stringify(argument ?? null)], {
        ...ids,
        cwd: '/',
        env: {},
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      return follow(child);
    },
    remove: () => rm(output, { recursive: true, force: true }),
  };
}

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function compile(file: string, output: string): Promise<void> {
  const { code } = await transformFile(file, {
    swcrc: false,
    module: { type: 'es6' },
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  });
  const target = join(output, relative(ROOT, file)).replace(/\.ts$/, '.js');
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await writeFile(target, code);
}

function follow(child: ChildProcess): OtherProcess {
  if (!child.stdout || child.pid === undefined) throw new Error('The process could not be started.');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    pid: child.pid,
    nextLine: async <T>() => {
      const line = await lines.next();
      if (line.done) throw new Error('The process ended without a further line.');
      return JSON.parse(line.value) as T;
    },
    exited: new Promise((done) => child.once('exit', () => done())),
  };
}
