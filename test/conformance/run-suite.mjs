import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recentNode } from '../../scripts/lib/node.mjs';

const AT_MOST_MS = 5 * 60_000;

/**
 * One run of a suite. What counts is what its checks say one by one: a scenario without any check calls itself passed.
 * @param mode `server`, `client` or `authorization`
 * @param options.onLine told of each line that it prints
 * @returns the names of all scenarios, and the checks, as `{scenario, id, name, status, message}`
 */
export async function runSuite({ program, args }, mode, given, { env = {}, onLine } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-conformance-'));
  try {
    const child = spawn(recentNode(), [program, mode, ...given, ...args, '-o', folder], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: AT_MOST_MS,
    });
    const printed = linesOf(child, onLine);
    const [code, signal] = await once(child, 'close');
    if (signal) throw new Error(`The suite was ended by ${signal} after:\n${printed.join('\n')}`);
    const found = await readChecks(folder);
    if (found.checks.length === 0) throw new Error(`It ended with ${code} and no checks:\n${printed.join('\n')}`);
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The last of what it prints, for when it fails. */
function linesOf(child, onLine = () => undefined) {
  const kept = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        kept.push(line);
        if (kept.length > 40) kept.shift();
        onLine(line);
      }
    });
  }
  return kept;
}

/** Results are in folders, `[kind-]<scenario>-<time>`; a scenario may have a slash in its name. */
async function readChecks(folder) {
  const files = await readdir(folder, { recursive: true });
  const scenarios = await Promise.all(
    files
      .filter((file) => file.endsWith('checks.json'))
      .sort()
      .map(async (file) => {
        const checks = JSON.parse(await readFile(join(folder, file), 'utf8'));
        return { scenario: scenarioOf(file), checks };
      }),
  );
  return {
    scenarios: scenarios.map(({ scenario }) => scenario),
    checks: scenarios.flatMap(({ scenario, checks }) =>
      checks.map(({ id, name, status, errorMessage: message }) => ({ scenario, id, name, status, message })),
    ),
  };
}

const scenarioOf = (file) =>
  file.replace(/^(server|authorization-server)-/, '').replace(/-\d{4}-\d\d-\d\dT[^/]*\/checks\.json$/, '');
