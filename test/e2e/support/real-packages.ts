import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesystemServer, memoryServer, type StdioServer } from '../../support/upstreams/real-servers.js';

export interface Call {
  tool: string;
  arguments: object;
}

/** A package, a call that changes something under a label, one that reads that, and how often it came to be. */
export interface Package {
  name: string;
  server: (folder: string) => StdioServer;
  prepare?: (folder: string, label: string) => Promise<void>;
  write: (folder: string, label: string) => Call;
  read: (folder: string, label: string) => Call;
  /** In the words of the answer of `read`, after one `write`. */
  says: (label: string) => string;
  times: (folder: string, label: string) => Promise<number>;
}

const note = (folder: string, label: string) => join(folder, `${label}.txt`);
const graph = (folder: string) => join(folder, 'graph.jsonl');

export const PACKAGES: Package[] = [
  {
    name: 'server-filesystem',
    server: filesystemServer,
    prepare: (folder, label) => writeFile(note(folder, label), '.'),
    // Each time it runs there is one dot more.
    write: (folder, label) => ({
      tool: 'edit_file',
      arguments: { path: note(folder, label), edits: [{ oldText: '.', newText: '..' }] },
    }),
    read: (folder, label) => ({ tool: 'read_text_file', arguments: { path: note(folder, label) } }),
    says: () => '..',
    times: async (folder, label) => (await readFile(note(folder, label), 'utf8')).length - 1,
  },
  {
    name: 'server-memory',
    server: (folder) => memoryServer(graph(folder)),
    write: (_folder, label) => ({
      tool: 'create_entities',
      arguments: { entities: [{ name: label, entityType: 'thing', observations: ['seen'] }] },
    }),
    read: (_folder, label) => ({ tool: 'open_nodes', arguments: { names: [label] } }),
    says: (label) => label,
    times: async (folder, label) =>
      (await readFile(graph(folder), 'utf8').catch(() => '')).split('\n').filter((line) => line.includes(label)).length,
  },
];
