import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import {
  CLOSE_CODES,
  COMMAND_TYPES,
  DECISIONS,
  MAX_FRAME_BYTES,
  NODE_STATUSES,
  parseCommand,
  REMEMBER_SCOPES,
} from '../../../libs/session-protocol/src/index.js';
import { APPROVAL_POLICIES } from '../../../src/core/approvals/approval-policy.js';
import { allows } from '../../../src/core/plans/plan-views.js';
import { SETTINGS } from '../../../src/platform/config/settings.js';
import { MAX_BACKLOG_BYTES } from '../../../src/realtime/connection.js';
import { type Block, blocksOf, codeIn, readPage, ROOT, tableBelow } from './markdown.js';

const PAGE = 'docs/session-protocol.md';
const page = readPage(PAGE);
const blocks = blocksOf(page);
const ofKind = (kind: string): Block[] => blocks.filter(({ info }) => info === `json ${kind}`);
const typeOf = ({ text }: Block): string => (JSON.parse(text) as { type: string }).type;
const firstCells = (heading: string): string[] =>
  tableBelow(page, heading).map(([cell = '']) => cell.replaceAll('`', ''));

describe('the description of the session protocol', () => {
  it('has only examples that are checked', () => {
    const kinds = new Set(blocks.filter(({ info }) => info.startsWith('json')).map(({ info }) => info));
    expect([...kinds].sort()).toEqual(['json command', 'json frame', 'json passing', 'json stored']);
  });

  it.each(ofKind('command').map((block) => [block.line, block] as const))(
    'shows a command at line %i that the server takes',
    (_line, { text }) => {
      expect(parseCommand(JSON.parse(text))).toMatchObject({ ok: true });
    },
  );

  it('shows every command, under its own heading', () => {
    const shown = ofKind('command').filter((block) => block.heading === typeOf(block));
    expect([...new Set(shown.map(typeOf))].sort()).toEqual([...COMMAND_TYPES].sort());
  });

  it('shows every event exactly as its type has it', async () => {
    expect(await typeErrorsOf(programOf(ofKind('stored'), ofKind('passing'), ofKind('frame')))).toEqual([]);
  }, 60_000);

  it('would find a wrong example', async () => {
    const wrong = (type: string, payload: object): Block[] => [
      { info: 'json passing', text: JSON.stringify({ type, payload }), line: 1, heading: '' },
    ];
    const faults = await typeErrorsOf(programOf(ofKind('stored'), wrong('pong', { ts: 1 }), []));
    expect(faults.join('\n')).toMatch(/number.*not assignable/);
    expect(faults.join('\n')).toMatch(/hello/);
  }, 60_000);

  it('has the statuses of a node and what may be decided on each', () => {
    expect(firstCells('Nodes')).toEqual([...NODE_STATUSES]);
    const told = tableBelow(page, 'Nodes').map(([, , decisions = '']) => codeIn(decisions).sort());
    const allowed = NODE_STATUSES.map((status) => DECISIONS.filter((one) => allows(status, one)).sort());
    expect(told).toEqual(allowed);
  });

  it('has the close codes', () => {
    const rows = tableBelow(page, 'Close codes').map(([code = '', name = '']) => [
      name.replaceAll('`', ''),
      Number(code),
    ]);
    expect(rows).toEqual([['', 1009], ...Object.entries(CLOSE_CODES)]);
  });

  it('has the policies and the scopes of an approval', () => {
    expect(firstCells('Policies')).toEqual([...APPROVAL_POLICIES]);
    expect(firstCells('approve_task')).toEqual([...REMEMBER_SCOPES]);
  });

  it('has the limits', () => {
    const limits = Object.fromEntries(tableBelow(page, 'Limits').map(([what = '', limit = '']) => [what, limit]));
    expect(limits['a frame']).toContain(`${MAX_FRAME_BYTES / 1024 / 1024} MiB`);
    expect(limits['connections of a user']).toContain(SETTINGS.SOCKETS_PER_USER.preset);
    expect(limits['what waits for a client that does not read']).toContain(`${MAX_BACKLOG_BYTES / 1024 / 1024} MiB`);
  });
});

/** A program that compiles if and only if the examples are right and none is missing. */
function programOf(stored: readonly Block[], passing: readonly Block[], frames: readonly Block[]): string {
  const typed = (block: Block, events: string, name: string) => {
    const type = JSON.stringify(typeOf(block));
    return `export const ${name}: { type: ${type}; payload: ${events}[${type}] } = ${block.text.trim()};`;
  };
  const union = (some: readonly Block[]) => some.map((block) => JSON.stringify(typeOf(block))).join(' | ') || 'never';
  return [
    `import type { DurableEvents, PassingEvents, ServerFrame } from '${ROOT}/libs/session-protocol/src/events.js';`,
    ...stored.map((block, index) => typed(block, 'DurableEvents', `stored${index}`)),
    ...passing.map((block, index) => typed(block, 'PassingEvents', `passing${index}`)),
    ...frames.map((block, index) => `export const frame${index}: ServerFrame = ${block.text.trim()};`),
    `export const noStored: Exclude<keyof DurableEvents, ${union(stored)}>[] = [];`,
    `export const noPassing: Exclude<keyof PassingEvents, ${union(passing)}>[] = [];`,
    'export type Nothing<Missing extends never> = Missing;',
    'export type AllStored = Nothing<(typeof noStored)[number]>;',
    'export type AllPassing = Nothing<(typeof noPassing)[number]>;',
    '',
  ].join('\n');
}

async function typeErrorsOf(source: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-protocol-'));
  try {
    const file = join(folder, 'examples.ts');
    await writeFile(file, source);
    const program = ts.createProgram([file], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      exactOptionalPropertyTypes: true,
      types: [],
    });
    const told = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
    return told.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
