import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { become, inRoot, recentNode } from './lib/node.mjs';

/**
 * `node scripts/docs.mjs [--check]`: writes the pages of docs/ that are made from something else; with `--check` it
 * writes nothing and fails when one of them is not current.
 */
const CHAPTERS_FOLDER = 'test/contracts/golden/compatibility';
/** What the documents print, and what of it is not here yet; compared with the rows and the routes by a test. */
const PRINTED = 'test/contracts/printed-endpoints.json';
/** The chapters of each document, as its reader meets them; others than the first have all that begin with their name. */
const DOCUMENTS = [
  {
    title: 'Client API',
    paths: 'below `/api/v1` unless they begin with `/ws`',
    chapters: [
      'sign-in',
      'profile',
      'servers',
      'connections',
      'socket',
      'models',
      'notes',
      'variant',
      'main-job',
      'gemini',
    ],
  },
  { title: 'Platform API', paths: 'below `/v1`', prefix: 'platform-' },
  { title: 'Admin API', paths: 'whole', prefix: 'admin-' },
  { title: 'Builder API', paths: 'whole', prefix: 'builder-' },
  { title: 'Registration API', paths: 'whole', prefix: 'registration-' },
];

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
const code = (text) => (text === '' ? '' : `\`${cell(text)}\``);
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

async function configuration() {
  const { SETTINGS } = await import('../src/platform/config/settings.ts');
  const rows = Object.entries(SETTINGS).map(([name, { preset, secret, about }]) => [
    code(name),
    preset === undefined ? 'unset' : preset === '' ? 'empty' : code(preset),
    cell(secret ? `${about} A secret: it is never logged.` : about),
  ]);
  return [
    '# Configuration',
    '',
    'Settings are environment variables. All are optional in development; an empty one counts as unset. A wrong one stops',
    'the start with its name and what was expected, all of them at once.',
    '',
    'This page is made from `src/platform/config/settings.ts` by `node scripts/docs.mjs`.',
    '',
    table(['Name', 'Default', 'What it is'], rows),
    '',
  ].join('\n');
}

function compatibility() {
  const present = readdirSync(inRoot(CHAPTERS_FOLDER))
    .map((name) => name.replace(/\.json$/, ''))
    .sort();
  const documents = DOCUMENTS.map(({ prefix, chapters, ...document }) => ({
    ...document,
    chapters: chapters ?? present.filter((name) => name.startsWith(prefix)),
  }));
  const placed = documents.flatMap(({ chapters }) => chapters);
  const strangers = present.filter((name) => !placed.includes(name));
  if (strangers.length > 0) throw new Error(`No place for ${strangers.join(', ')}: name it in DOCUMENTS.`);
  const gone = placed.filter((name) => !existsSync(inRoot(`test/contracts/specs/${name}.spec.ts`)));
  if (gone.length > 0) throw new Error(`No tests for ${gone.join(', ')}.`);
  const parts = documents.filter(({ chapters }) => chapters.length > 0).map(compatibilityOf);
  return [
    '# Compatibility',
    '',
    'What the documents promise, request by request. Each row is a test under `test/contracts`, made by a client that knows',
    'only the document; `{…}` stands for what a client fills in. This page is made from what the tests found, by',
    '`node scripts/docs.mjs`.',
    '',
    table(
      ['Document', 'Holds'],
      parts.map(({ title, count }) => [title, count]),
    ),
    '',
    ...parts.flatMap(({ lines }) => lines),
  ].join('\n');
}

function compatibilityOf({ title, paths, chapters: names }) {
  const chapters = names.map((name) => JSON.parse(readFileSync(inRoot(`${CHAPTERS_FOLDER}/${name}.json`), 'utf8')));
  const all = chapters.flatMap(({ rows }) => rows);
  const count = `${all.filter(({ holds }) => holds).length} of ${all.length}`;
  const tables = chapters.flatMap(({ title: chapter, rows }) => [
    `### ${chapter}`,
    '',
    table(
      ['Request', 'Place in the document', 'Holds'],
      rows.map(({ request, document, holds }) => [cell(request), cell(document), holds ? 'yes' : '**no**']),
    ),
    '',
  ]);
  const lines = [`## ${title}`, '', `${count} hold. Paths are ${paths}.`, '', ...tables, ...laterOf(title)];
  return { title, count, lines };
}

/** Printed endpoints that are 404 for now, so that nobody has to look for them. */
function laterOf(title) {
  const { later } = JSON.parse(readFileSync(inRoot(PRINTED), 'utf8')).find(({ document }) => document === title);
  if (later.length === 0) return [];
  const rows = later.map(({ what, endpoints }) => [cell(what), endpoints.map(code).join('<br>')]);
  return [
    '### Not here yet',
    '',
    'These are printed, and answer 404 until they come.',
    '',
    table(['What', 'Endpoints'], rows),
    '',
  ];
}

async function sessionDocument() {
  const { asyncApi } = await import('./lib/asyncapi.mjs');
  return asyncApi();
}

const PAGES = {
  'docs/configuration.md': configuration,
  'docs/compatibility.md': compatibility,
  'docs/session.asyncapi.json': sessionDocument,
};

async function main() {
  const checks = process.argv.includes('--check');
  let stale = 0;
  for (const [page, write] of Object.entries(PAGES)) {
    const text = await write();
    const file = inRoot(page);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    if (checks) {
      stale += 1;
      console.error(`${page} is not current. Run: node scripts/docs.mjs`);
    } else {
      writeFileSync(file, text);
      console.log(`${page} written`);
    }
  }
  process.exitCode = stale > 0 ? 1 : 0;
}

// The settings are TypeScript, which a recent Node reads as it is, but for the names of files in imports.
if (recentNode() === process.execPath) {
  const { registerHooks } = await import('node:module');
  registerHooks({
    resolve: (name, context, next) =>
      next(context.parentURL?.endsWith('.ts') && name.startsWith('.') ? name.replace(/\.js$/, '.ts') : name, context),
  });
  await main();
} else become([inRoot('scripts/docs.mjs'), ...process.argv.slice(2)]);
