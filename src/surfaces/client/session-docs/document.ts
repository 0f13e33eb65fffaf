import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../../platform/project-root.js';

/** As far as the page reads it; JSON Schema 2020-12. */
export interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  $ref?: string;
}

export interface Message {
  name: string;
  title: string;
  description?: string;
  payload: Schema;
  examples: { payload: unknown }[];
}

/** AsyncAPI 3.0, as `node scripts/docs.mjs` makes it from the types of the protocol. */
export interface SessionDocument {
  info: { title: string; version: string; description: string };
  channels: Record<
    string,
    { address: string; title: string; description: string; bindings?: { ws: { query: Schema } } }
  >;
  components: { messages: Record<string, Message>; schemas: Record<string, Schema> };
}

const FILE = join(PROJECT_ROOT, 'docs', 'session.asyncapi.json');

export async function readDocument(): Promise<SessionDocument> {
  return JSON.parse(await readFile(FILE, 'utf8')) as SessionDocument;
}
