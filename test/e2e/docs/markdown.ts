import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '..', '..', '..');

export interface Block {
  /** What stands after the fence: `sh run`, `json command`. */
  info: string;
  text: string;
  /** Of its first line, from 1. */
  line: number;
  /** The heading above it. */
  heading: string;
}

/** Every page that is written by hand, relative to the project's root. */
export function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const atRoot = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...atRoot, ...docs.map((name) => `docs/${name}`), 'src/README.md'];
}

export const readPage = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** The fenced blocks (CommonMark, section 4.5) of a page. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  let heading = '';
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (open && fence) {
      blocks.push(open);
      open = undefined;
    } else if (open) {
      open.text += `${line}\n`;
    } else if (fence) {
      open = { info: (fence[1] ?? '').trim(), text: '', line: index + 2, heading };
    } else {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  if (open) throw new Error(`The block at line ${open.line} is not closed.`);
  return blocks;
}

/** Without fenced blocks: prose, where links and tables are. */
export const proseOf = (markdown: string): string => markdown.replace(/^```[\s\S]*?^```$/gm, '');

/** The rows of the first table after a heading, cell by cell, without the head. */
export function tableBelow(markdown: string, heading: string): string[][] {
  const [, after = ''] = markdown.split(new RegExp(`^#+ ${heading}$`, 'm'));
  const lines = after.split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const rows = lines.slice(first);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(2, end < 0 ? undefined : end).map(cellsOf);
}

const cellsOf = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The words in code style of a text. */
export const codeIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** As GitHub makes the anchor of a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
