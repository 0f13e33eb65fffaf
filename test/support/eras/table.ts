import { eventually } from '../app.js';
import type { ConformanceUpstream } from '../upstreams/conformance-upstream.js';
import type { EraClient } from './era-client.js';

type Try = (client: EraClient, upstream: ConformanceUpstream) => Promise<void>;

let labels = 0;

/** What has to work between each client and each server, whatever stands between. */
export const TRIES: Record<string, Try> = {
  call: async (client) => {
    expect(await client.call('test_simple_text', {})).toBe('This is a simple text response for testing.');
  },
  progress: async (client) => {
    const heard: number[] = [];
    await client.call('test_tool_with_progress', {}, { onProgress: (progress) => heard.push(progress) });
    expect(heard).toEqual([0, 50, 100]);
  },
  cancel: async (client, upstream) => {
    labels += 1;
    const label = `cancel ${labels}`;
    const leaving = new AbortController();
    const ended = client.call('test_hold', { label }, { signal: leaving.signal }).then(
      () => 'answered',
      () => 'cancelled',
    );
    await eventually(
      () => upstream.stateOf(label),
      (state) => state === 'held',
    );
    leaving.abort();
    expect(await ended).toBe('cancelled');
    await eventually(
      () => upstream.stateOf(label),
      (state) => state === 'cancelled',
    );
  },
  elicitation: async (client) => {
    const text = await client.call('test_elicitation', { message: 'Which color?' });
    expect(text).toBe('User response: action=accept, content={"response":"blue"}');
  },
  'list change': async (client, upstream) => {
    const had = (await client.listTools()).includes('test_added_tool');
    const before = client.changes();
    await upstream.changeTools();
    await eventually(client.changes, (changes) => changes > before);
    await eventually(client.listTools, (tools) => tools.includes('test_added_tool') !== had);
  },
};

/** What was tried, as a table of text. */
export class EraTable {
  private readonly rows = new Map<string, Map<string, string>>();

  /** @throws what the try throws */
  async note(row: string, column: string, work: () => Promise<void>): Promise<void> {
    const cells = this.rows.get(row) ?? new Map<string, string>();
    this.rows.set(row, cells.set(column, 'no'));
    await work();
    cells.set(column, 'yes');
  }

  toString(): string {
    const columns = Object.keys(TRIES);
    const width = Math.max(...[...this.rows.keys()].map((row) => row.length));
    const line = (name: string, cells: readonly string[]) =>
      `${name.padEnd(width)}  ${cells.map((cell, index) => cell.padEnd(columns[index]?.length ?? 0)).join('  ')}`;
    const body = [...this.rows].map(([row, cells]) =>
      line(
        row,
        columns.map((name) => cells.get(name) ?? '-'),
      ),
    );
    return [line('client → server', columns), ...body].join('\n');
  }
}
