import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Served, serve } from './serve.js';

const SUITES = [
  { of: '@modelcontextprotocol/conformance', options: ['--suite', 'all'] },
  { of: 'mcp-conformance-next', options: ['--requirements', '2025-11-25'] },
  { of: 'mcp-conformance-next', options: ['--requirements', '2026-07-28'] },
];

/** Asks of a server that it has the extension of tasks, which the fixture has not. */
const OF_EXTENSIONS = /-tasks-/;
const AT_LEAST = 40;

interface Check {
  id: string;
  status: string;
  errorMessage?: string;
}

describe('the conformance suites', () => {
  let served: Served;
  let folder: string;
  beforeEach(async () => {
    served = await serve();
    folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  });
  afterEach(async () => {
    await served.close();
    await rm(folder, { recursive: true });
  });

  test.each(SUITES)(
    'find no fault: $of $options',
    async ({ of, options }) => {
      const program = join(process.cwd(), 'node_modules', of, 'dist/index.js');
      const args = [program, 'server', '--url', served.url, ...options, '-o', folder];
      // Its exit tells of extensions too: the checks are counted instead.
      await promisify(execFile)(process.execPath, args, { timeout: 100_000 }).catch(() => undefined);
      const checks = await readChecks(folder);
      const faults = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
      expect(faults).toEqual([]);
      expect(checks.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThan(AT_LEAST);
      expect(served.errors).toEqual([]);
    },
    120_000,
  );
});

async function readChecks(folder: string): Promise<Check[]> {
  const scenarios = (await readdir(folder)).filter((name) => !OF_EXTENSIONS.test(name));
  const read = scenarios.map((name) => readFile(join(folder, name, 'checks.json'), 'utf8'));
  return (await Promise.all(read)).flatMap((text) => JSON.parse(text) as Check[]);
}
