import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join, normalize, resolve } from 'node:path';
import ts from 'typescript';

export const ROOT = resolve(__dirname, '../../..');

export interface Import {
  /** As written. */
  specifier: string;
  /** The file it means, from the project's root; undefined for a package. */
  file: string | undefined;
}

export interface Source {
  /** From the project's root, e.g. `src/core/agent/turn.ts`. */
  path: string;
  text: string;
  imports: Import[];
}

/** What .gitignore names: installed, built or made at run time. */
const NOT_OURS = /(^|\/)(node_modules|\.git)$|^(dist|web\/dist|data|coverage)$|\.log$|(^|\/)\.(env|DS_Store)$/;

/** All files of a folder of the project that are written by hand; none where there is no such folder. */
export function listFiles(folder = ''): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (NOT_OURS.test(path)) return [];
      return entry.isDirectory() ? listFiles(path) : [path];
    })
    .sort();
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** TypeScript under some folders, with what each file imports, types and late imports included. */
export function readSources(folders: readonly string[]): Source[] {
  const files = folders.flatMap((folder) => listFiles(folder)).filter((path) => /\.tsx?$/.test(path));
  return files.map((path) => {
    const text = read(path);
    const { importedFiles } = ts.preProcessFile(text, true, true);
    const imports = importedFiles.map(({ fileName }) => ({ specifier: fileName, file: locate(path, fileName) }));
    return { path, text, imports };
  });
}

function locate(from: string, specifier: string): string | undefined {
  const [, library, entry = ''] = /^@app\/([^/]+)(\/client)?$/.exec(specifier) ?? [];
  if (library !== undefined) return `libs/${library}/src${entry}/index.ts`;
  if (!specifier.startsWith('.')) return undefined;
  const path = normalize(join(dirname(from), specifier));
  return extname(path) === '.js' ? path.replace(/\.js$/, '.ts') : path;
}

/** Groups of files that import one another in a ring. */
export function findCycles(sources: readonly Source[]): string[][] {
  const known = new Map(sources.map((source) => [source.path, source]));
  const order = new Map<string, { index: number; low: number }>();
  const stack: string[] = [];
  const rings: string[][] = [];
  const visit = (path: string): { index: number; low: number } => {
    const place = { index: order.size, low: order.size };
    order.set(path, place);
    stack.push(path);
    for (const { file } of known.get(path)?.imports ?? []) {
      if (file === undefined || !known.has(file)) continue;
      const seen = order.get(file);
      if (!seen) place.low = Math.min(place.low, visit(file).low);
      else if (stack.includes(file)) place.low = Math.min(place.low, seen.index);
    }
    if (place.low === place.index) {
      const ring = stack.splice(stack.indexOf(path));
      if (ring.length > 1) rings.push(ring);
    }
    return place;
  };
  for (const { path } of sources) if (!order.has(path)) visit(path);
  return rings;
}
