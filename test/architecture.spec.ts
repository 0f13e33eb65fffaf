import { NODE_STATUSES } from '@app/session-protocol';
import { TASK_STATUSES } from '@app/task-graph';
import {
  areaOf,
  ASSEMBLED_ROLE,
  CORE_PACKAGES,
  KNOWS_EVERYONE,
  LIBRARY_USES,
  MAY_IMPORT,
  NOT_IN_LIBRARIES,
  packageOf,
  PRIVATE_ROLE,
} from './unit/house/import-table.js';
import { findCycles, listFiles, read, readSources, type Source } from './unit/house/sources.js';

const MOST_LINES = 300;

const sources = readSources(['src', 'libs', 'demo']);
const isTest = ({ path }: Source) => /\.spec\.ts$|\/test-support\/|^libs\/[^/]+\/test\//.test(path);
const program = sources.filter((source) => !isTest(source));
const inSrc = program.filter(({ path }) => path.startsWith('src/'));
const inLibs = program.filter(({ path }) => path.startsWith('libs/'));

/** One line for each import that the rule does not like. */
const offences = (files: readonly Source[], refuses: (from: Source, specifier: string, file?: string) => boolean) =>
  files.flatMap((from) =>
    from.imports
      .filter(({ specifier, file }) => refuses(from, specifier, file))
      .map(({ specifier }) => `${from.path} imports ${specifier}`),
  );
const offenders = (files: readonly Source[], refuses: (source: Source) => boolean) =>
  files.filter(refuses).map(({ path }) => path);

describe('who may import whom', () => {
  test('every area of src has a line in the table', () => {
    const areas = new Set(inSrc.map(({ path }) => areaOf(path)));
    const known = [...Object.keys(MAY_IMPORT), ...KNOWS_EVERYONE];
    expect([...areas].filter((area) => !known.includes(area))).toEqual([]);
    expect(known.filter((area) => !areas.has(area))).toEqual([]);
  });

  test('no area of src imports another that the table does not name', () => {
    const refused = offences(inSrc, ({ path }, _specifier, file) => {
      const [from, to] = [areaOf(path), file?.startsWith('src/') ? areaOf(file) : undefined];
      if (to === undefined || from === to || KNOWS_EVERYONE.includes(from)) return false;
      const allowed = MAY_IMPORT[from] ?? [];
      return !allowed.includes(to) && !(allowed.includes('port') && /\.port\.ts$/.test(file ?? ''));
    });
    expect(refused).toEqual([]);
  });

  test('repositories, entities and handlers are known in their own context only', () => {
    const refused = offences(inSrc, ({ path }, _specifier, file) => {
      const isPrivate = file !== undefined && PRIVATE_ROLE.test(file);
      return isPrivate && areaOf(file) !== areaOf(path) && path !== 'src/migrations.ts';
    });
    expect(refused).toEqual([]);
  });

  test('migrations and lists of entities are known to the wiring only', () => {
    const refused = offences(inSrc, ({ path }, _specifier, file) => {
      return file !== undefined && ASSEMBLED_ROLE.test(file) && path !== 'src/migrations.ts';
    });
    expect(refused).toEqual([]);
  });

  test('the core uses no package that speaks HTTP, opens sockets or belongs to a vendor', () => {
    const core = inSrc.filter(({ path }) => path.startsWith('src/core/'));
    const refused = offences(
      core,
      (_from, specifier, file) => file === undefined && !CORE_PACKAGES.includes(packageOf(specifier)),
    );
    expect(refused).toEqual([]);
  });

  test('libraries import packages, and other libraries only where the table says so', () => {
    const refused = offences(inLibs, ({ path }, specifier, file) => {
      const own = path.split('/')[1] ?? '';
      if (file === undefined) return NOT_IN_LIBRARIES.test(specifier);
      const [folder, library = ''] = file.split('/');
      return folder !== 'libs' || (library !== own && !(LIBRARY_USES[own] ?? []).includes(library));
    });
    expect(refused).toEqual([]);
  });

  test('the demo server knows nothing of the product', () => {
    const demo = program.filter(({ path }) => path.startsWith('demo/'));
    expect(offences(demo, (_from, _specifier, file) => file !== undefined && !file.startsWith('demo/'))).toEqual([]);
  });

  test('no files import one another in a ring', () => {
    expect(findCycles(program)).toEqual([]);
  });
});

describe('how files are written', () => {
  test('what is for tests is known to tests only', () => {
    const forTests = /^test\/|\/test-support\/|^libs\/[^/]+\/test\/|\.spec\.ts$/;
    expect(offences(program, (_from, _specifier, file) => file !== undefined && forTests.test(file))).toEqual([]);
  });

  test('imports are relative with .js inside a folder, and @app/ leads to a library', () => {
    const existing = new Set([...sources, ...readSources(['test'])].map(({ path }) => path));
    const refused = offences(sources, ({ path }, specifier, file) => {
      if (file === undefined || specifier.endsWith('.json')) return false;
      if (!existing.has(file)) return true;
      if (specifier.startsWith('@app/')) return path.startsWith(file.replace(/src\/(client\/)?index\.ts$/, ''));
      return !specifier.endsWith('.js') || (file.startsWith('libs/') && !path.startsWith('libs/'));
    });
    expect(refused).toEqual([]);
  });

  test('src has no barrel files', () => {
    const isBarrel = ({ path, text }: Source) =>
      /(^|\/)index\.ts$/.test(path) || text.replace(/\/\*[\s\S]*?\*\/|export [^;]*? from '[^']+';|\s/g, '') === '';
    expect(offenders(inSrc, isBarrel)).toEqual([]);
  });

  test('only the settings read the environment', () => {
    const free = /^(src\/main\.ts|src\/platform\/config\/.*|demo\/main\.ts)$/;
    const refused = offenders(program, ({ path, text }) => !free.test(path) && /process\s*\.\s*env\b/.test(text));
    expect(refused).toEqual([]);
  });

  test('there are no default exports, enums, forward references or scopes of a request', () => {
    const all = [...sources, ...readSources(['test', 'web/src', 'bench'])];
    const rules = {
      'default export': /^export default\b/m,
      enum: /^\s*(export |declare |const )*enum \w/m,
      'forward reference': /\bforwardRef\(/,
      'request scope': /\bScope\.REQUEST\b/,
      'note to do': /\b(TO[D]O|FIX[M]E)\b/,
    };
    const refused = Object.entries(rules).flatMap(([name, rule]) =>
      offenders(all, ({ text }) => rule.test(text)).map((path) => `${path}: ${name}`),
    );
    expect(refused).toEqual([]);
  });

  test('no file or folder is a place for anything', () => {
    const vague = /(^|\/)(common|shared|utils?|helpers?|misc)(\.tsx?$|\/)/;
    expect(sources.filter(({ path }) => vague.test(path)).map(({ path }) => path)).toEqual([]);
  });

  test('a signal for one piece of work leaves nothing behind: the native ones keep timers and joins', () => {
    const once = ['src/platform/database/embedded/cluster.ts', 'src/surfaces/dev-mailbox/page-script.ts'];
    const native = sources.filter(
      ({ path }) => !path.endsWith('.spec.ts') && /AbortSignal\.(any|timeout)\(/.test(read(path)),
    );
    expect(native.map(({ path }) => path).filter((path) => !once.includes(path))).toEqual([]);
  });

  test(`no file has more than ${MOST_LINES} lines`, () => {
    const folders = ['src', 'libs', 'demo', 'test', 'web/src', 'scripts', 'examples', 'bench'];
    const written = folders.flatMap((folder) => listFiles(folder)).filter((path) => /\.(tsx?|mjs)$/.test(path));
    const long = written.map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }));
    expect(long.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
  });
});

describe('what has to agree', () => {
  test('the statuses of the graph are those of the protocol', () => {
    expect([...TASK_STATUSES].sort()).toEqual([...NODE_STATUSES].sort());
  });

  test('every migration is in the list, in the order of their numbers', () => {
    const classes = inSrc
      .filter(({ path }) => path.endsWith('.migration.ts'))
      .map(({ path, text }) => /export class (\w+)/.exec(text)?.[1] ?? path);
    const [, list = ''] = /export const MIGRATIONS = \[([\s\S]*?)\]/.exec(read('src/migrations.ts')) ?? [];
    const listed = list.match(/\w+/g) ?? [];
    expect([...listed].sort()).toEqual([...classes].sort());
    const numbers = listed.map((name) => Number(/\d+$/.exec(name)?.[0]));
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  });

  test('every package has its reason in docs/dependencies.md', () => {
    const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'];
    const packages = kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
    const told = new Set(read('docs/dependencies.md').match(/`[^`\s]+`/g));
    expect(packages.filter((name) => !told.has(`\`${name}\``))).toEqual([]);
  });

  test('no file names the place where it was written', () => {
    // Spelled so that this file does not match itself.
    const places = /\/w[o]rk\/\w|\bsh[a]red\/(design|seeds|examples)|\bs[e]eds\/|\/tmp\/pl[a]n/;
    const texts = listFiles().filter((path) =>
      /\.(tsx?|mjs|js|json|md|yml|env|css|html|run)$|^[^.]*$|^\.ci\//.test(path),
    );
    expect(texts.filter((path) => places.test(read(path)))).toEqual([]);
  });
});
