import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { become, inRoot, recentNode } from './lib/node.mjs';

/**
 * `node scripts/docs.mjs [--check]`: writes the pages of docs/ that are made from something else; with `--check` it
 * writes nothing and fails when one of them is not current.
 */
const CHAPTERS_FOLDER = 'test/contracts/golden/compatibility';
/** As a reader of the documents meets them. */
const CHAPTERS = [
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
  const present = readdirSync(inRoot(CHAPTERS_FOLDER)).map((name) => name.replace(/\.json$/, ''));
  const strangers = present.filter((name) => !CHAPTERS.includes(name));
  if (strangers.length > 0) throw new Error(`No place for ${strangers.join(', ')}: name it in CHAPTERS.`);
  const gone = CHAPTERS.filter((name) => !existsSync(inRoot(`test/contracts/specs/${name}.spec.ts`)));
  if (gone.length > 0) throw new Error(`No tests for ${gone.join(', ')}.`);
  const chapters = CHAPTERS.map((name) => JSON.parse(readFileSync(inRoot(`${CHAPTERS_FOLDER}/${name}.json`), 'utf8')));
  const all = chapters.flatMap(({ rows }) => rows);
  const parts = chapters.flatMap(({ title, rows }) => [
    `## ${title}`,
    '',
    table(
      ['Request', 'Document', 'Holds'],
      rows.map(({ request, document, holds }) => [cell(request), cell(document), holds ? 'yes' : '**no**']),
    ),
    '',
  ]);
  return [
    '# Compatibility',
    '',
    'What the document of the Client API promises, request by request. Each row is a test under `test/contracts`, made by a',
    'client that knows only the document; `{…}` stands for what a client fills in, and paths are below `/api/v1` unless they',
    'begin with `/ws`. This page is made from what the tests found, by `node scripts/docs.mjs`.',
    '',
    `${all.filter(({ holds }) => holds).length} of ${all.length} hold.`,
    '',
    ...parts,
  ].join('\n');
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
