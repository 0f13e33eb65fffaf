import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApp, type TestApp } from '../../support/app.js';
import { freePort } from '../../support/listening.js';
import { type Block, blocksOf, pages, readPage, ROOT } from './markdown.js';

const RUN = 'sh run';
/** Begins the output of the block at a line. */
const MARK = '----- line ';
const PAGE_MS = 90_000;
const SECRET_KEY = 'the secret of the instance that the documents use';

/** What cannot be run against a started instance; each line is tried by the tests or the steps that it names. */
const ELSEWHERE = new Set([
  'npm ci && npm start',
  'npm ci && npm test',
  'GEMINI_API_KEY=... npm start',
  'OPENAI_API_KEY=... npm start',
  'ANTHROPIC_API_KEY=... npm start',
  "LLM_MODELS='openai@http://localhost:11434/v1:qwen3:8b?context=32768' npm start",
  'LLM_MODEL=gemini-2.5-pro GEMINI_API_KEY=... npm start',
  'DATABASE_URL=postgres://user:password@localhost:5432/switchyard npm start',
  'npm ci',
  'npm run dev',
  'npm run build',
  'npm run check',
  'npm test',
  'NODE_ENV=production node --enable-source-maps --max-semi-space-size=32 --no-allocation-site-pretenuring dist/src/main.js',
  'cp example.env .env',
  'openssl rand -hex 32',
  'docker compose up --build -d',
  'docker compose stop api worker',
  'docker compose run --rm --no-deps worker node dist/src/main.js restore /data/backup.tar.gz',
  'docker compose start api worker',
  'npm run chaos -- kill --kills 200 --sessions 50',
  'npm run chaos -- kill --kills 200 --sessions 50 --cluster',
  'npm run chaos -- approvals --rounds 200',
  'npm run chaos -- held --rounds 200',
  'npm run chaos -- postgres --rounds 20',
  'npm run chaos -- redis --rounds 20',
  // libs/client-setups/test/setups.spec.ts has it.
  'claude mcp add --transport http switchyard http://localhost:8080/mcp',
  // test/e2e/webhook-management.spec.ts runs it.
  'WEBHOOK_SECRET=whsec_… node examples/webhook-receiver.mjs 8200',
]);

interface Ran {
  code: number | null;
  output: string;
}

describe('the commands of the documents', () => {
  let app: TestApp;
  let folder: string;
  let everythingPort: number;

  beforeAll(async () => {
    app = await startTestApp({ DEMO_SERVER: 'true', DEMO_PORT: '0', SECRET_KEY });
    everythingPort = await freePort();
    // A folder that looks like the project to the commands and takes the files they write.
    folder = await mkdtemp(join(tmpdir(), 'switchyard-docs-'));
    for (const name of ['package.json', 'node_modules', 'examples', 'scripts'])
      await symlink(join(ROOT, name), join(folder, name));
  }, 60_000);

  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const withCommands = pages().filter((page) => blocksOf(readPage(page)).some(({ info }) => info === RUN));

  it('are in the README, in the tour and in the page on deployment', () => {
    expect(withCommands).toEqual(
      expect.arrayContaining(['README.md', 'docs/getting-started.md', 'docs/deployment.md']),
    );
  });

  it.each(withCommands)(
    'of %s work one after another as they are written',
    async (page) => {
      const blocks = blocksOf(readPage(page)).filter(({ info }) => info === RUN);
      const { code, output } = await run(blocks, folder, {
        ORIGIN: app.url,
        EVERYTHING_PORT: String(everythingPort),
        ...(page === 'docs/operations.md' ? placeOf(app) : {}),
      });
      expect(`${code} ${code === 0 ? '' : output}`.trim()).toBe('0');
      expect(output.match(new RegExp(`^${MARK}`, 'gm'))).toHaveLength(blocks.length);
    },
    PAGE_MS,
  );

  it('are all run, but for those that start, build or install the product', () => {
    const others = pages().flatMap((page) =>
      blocksOf(readPage(page))
        .filter(({ info }) => info === 'sh')
        .flatMap(({ text }) => text.trim().split('\n'))
        .filter((line) => !ELSEWHERE.has(line))
        .map((line) => `${page}: ${line}`),
    );
    expect(others).toEqual([]);
  });

  // The mailbox still has what came the time before, and within a minute no other code is sent.
  it('can be run again at once, for each page signs in somebody new each time', () => {
    const signIns = pages().flatMap((page) => {
      const commands = blocksOf(readPage(page))
        .filter(({ info }) => info === RUN)
        .map(({ text }) => text)
        .join('\n');
      return commands.includes('/otp/request')
        ? [`EMAIL=${/^EMAIL=(.*)$/m.exec(commands)?.[1] ?? `none in ${page}`}`]
        : [];
    });
    expect(signIns.length).toBeGreaterThan(6);
    expect(signIns.filter((address) => !/^EMAIL=[a-z]+-\$\(date \+%s\)@example\.com$/.test(address))).toEqual([]);
    expect(new Set(signIns)).toHaveProperty('size', signIns.length);
  });

  it('name only scripts that package.json has', () => {
    const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Record<string, string> };
    const named = pages().flatMap((page) => [...readPage(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name));
    expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
  });
});

/** What the commands of operations read, as the app had it. */
const placeOf = ({ databaseUrl, dataDirectory }: TestApp) => ({
  NODE_ENV: 'test',
  DATABASE_URL: databaseUrl,
  DATA_DIR: dataDirectory,
  SECRET_KEY,
});

async function run(blocks: readonly Block[], cwd: string, env: Record<string, string>): Promise<Ran> {
  const script = [
    'set -euo pipefail',
    ...blocks.flatMap(({ line, text }) => [`printf '\\n${MARK}${line}\\n'`, text]),
  ].join('\n');
  const child = spawn('bash', ['-c', script], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const timer = setTimeout(() => endGroup(child), PAGE_MS - 5_000);
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  clearTimeout(timer);
  endGroup(child);
  return { code, output };
}

/** The shell and whatever it left in the background. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody was left.
  }
}
