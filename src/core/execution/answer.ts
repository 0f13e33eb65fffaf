import { safeFileName, type IncomingFile, MAX_ARTIFACT_BYTES } from '../artifacts/artifact.js';
import type { ToolOutput } from './tool-outcome.js';

/** A result over this many bytes becomes a file; a preview stays. */
export const INLINE_BYTES = 32 * 1024;
/** What references may point into; more is only in the file. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const PREVIEW_CHARACTERS = 2_000;
const MAX_FILES = 50;

export interface RawAnswer {
  content?: unknown;
  structuredContent?: unknown;
}

export interface ReadAnswer {
  preview: string;
  /** Without the bytes of files. */
  content: unknown[];
  structuredContent?: unknown;
  files: IncomingFile[];
  /** Links whose contents are still to be fetched from the same server. */
  links: { uri: string; name: string; contentType: string }[];
}

/** What is kept of it. */
export const outputOf = ({ content, structuredContent }: ReadAnswer): ToolOutput =>
  structuredContent === undefined ? { content } : { content, structuredContent };

interface Block {
  type?: unknown;
  text?: unknown;
  data?: unknown;
  mimeType?: unknown;
  uri?: unknown;
  name?: unknown;
  resource?: { uri?: unknown; mimeType?: unknown; text?: unknown; blob?: unknown };
}

/** Takes a tool's answer apart: words, values, files. Everything in it is data of an untrusted server. */
export function readAnswer(tool: string, { content, structuredContent }: RawAnswer): ReadAnswer {
  const blocks = (Array.isArray(content) ? content : []) as Block[];
  const answer: ReadAnswer = { preview: '', content: [], files: [], links: [] };
  const words: string[] = [];
  for (const block of blocks) readBlock(tool, block, answer, words);

  const text = words.join('\n');
  if (Buffer.byteLength(text) > INLINE_BYTES) answer.files.push(textFile(tool, text));
  answer.preview = toPreview(text);

  if (structuredContent !== undefined) {
    const json = JSON.stringify(structuredContent);
    if (json.length <= MAX_OUTPUT_BYTES) answer.structuredContent = structuredContent;
    if (json.length > INLINE_BYTES) {
      answer.files.push({ name: `${tool}.json`, contentType: 'application/json', bytes: Buffer.from(json) });
    }
    if (answer.preview === '') answer.preview = toPreview(json);
  }
  answer.files = answer.files.filter(({ bytes }) => bytes.byteLength <= MAX_ARTIFACT_BYTES).slice(0, MAX_FILES);
  answer.links = answer.links.slice(0, MAX_FILES);
  return answer;
}

function readBlock(tool: string, block: Block, answer: ReadAnswer, words: string[]): void {
  const add = (file: IncomingFile) => {
    answer.files.push(file);
    answer.content.push({ type: block.type, file: file.name, mimeType: file.contentType });
  };
  switch (block.type) {
    case 'text': {
      const text = stringOf(block.text);
      words.push(text);
      answer.content.push({ type: 'text', text: text.slice(0, MAX_OUTPUT_BYTES) });
      return;
    }
    case 'image':
    case 'audio': {
      const contentType = stringOf(block.mimeType);
      const name = `${tool}-${answer.files.length + 1}.${endingOf(contentType)}`;
      return add({ name, contentType, bytes: Buffer.from(stringOf(block.data), 'base64') });
    }
    case 'resource': {
      const { uri, mimeType, text, blob } = block.resource ?? {};
      const contentType = stringOf(mimeType) || (typeof text === 'string' ? 'text/plain' : '');
      const bytes = typeof blob === 'string' ? Buffer.from(blob, 'base64') : Buffer.from(stringOf(text));
      return add({ name: nameFromUri(stringOf(uri), contentType), contentType, bytes });
    }
    case 'resource_link': {
      const uri = stringOf(block.uri);
      const contentType = stringOf(block.mimeType);
      answer.content.push({ type: 'resource_link', uri, name: stringOf(block.name) });
      answer.links.push({ uri, name: nameFromUri(stringOf(block.name) || uri, contentType), contentType });
      return;
    }
    default:
      answer.content.push({ type: 'unknown' });
  }
}

/** The first content of a `resources/read` result, as a file under the link's name. */
export function readResourceFile(
  result: Record<string, unknown>,
  link: { name: string; contentType: string },
): IncomingFile | undefined {
  const [first] = (Array.isArray(result.contents) ? result.contents : []) as NonNullable<Block['resource']>[];
  if (!first) return undefined;
  const contentType = stringOf(first.mimeType) || link.contentType || 'text/plain';
  const bytes = typeof first.blob === 'string' ? Buffer.from(first.blob, 'base64') : Buffer.from(stringOf(first.text));
  return { name: link.name, contentType, bytes };
}

const textFile = (tool: string, text: string): IncomingFile => {
  const json = isJson(text);
  return {
    name: json ? `${tool}.json` : `${tool}.txt`,
    contentType: json ? 'application/json' : 'text/plain; charset=utf-8',
    bytes: Buffer.from(text),
  };
};

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function toPreview(text: string): string {
  // Escape sequences of terminals and control characters have no place in a preview.
  const clean = text.replace(/\p{Cc}\[[0-9;]*[A-Za-z]/gu, '').replace(/[^\P{Cc}\n\t]/gu, '');
  return clean.length <= PREVIEW_CHARACTERS ? clean : `${clean.slice(0, PREVIEW_CHARACTERS - 1)}…`;
}

const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const ENDINGS: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'application/pdf': 'pdf',
  'application/json': 'json',
  'text/csv': 'csv',
  'text/markdown': 'md',
  'text/html': 'html',
  'text/plain': 'txt',
};

const endingOf = (contentType: string): string => ENDINGS[contentType.split(';', 1)[0]?.trim() ?? ''] ?? 'bin';

function nameFromUri(uri: string, contentType: string): string {
  const last = uri.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? '';
  const name = safeFileName(decode(last) || 'resource');
  return name.includes('.') ? name : `${name}.${endingOf(contentType)}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
