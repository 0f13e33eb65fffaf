import { createEgressGuard } from '@app/egress';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ProcessSlots, probe, UpstreamPool, type UpstreamTarget } from '../index.js';

const MODULES = realpathSync(join(__dirname, '../../../../node_modules'));
const EVERYTHING = '@modelcontextprotocol/server-everything';
const MEMORY = '@modelcontextprotocol/server-memory';
const FILES = '@modelcontextprotocol/server-filesystem';

const guard = createEgressGuard({ allow: [], loopback: 'refused' });
let folder: string;
let pool: UpstreamPool;
let slots: ProcessSlots;
let said: string[];

const binOf = (name: string): string => {
  const root = join(MODULES, name);
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  return join(root, Object.values(bin)[0] ?? '');
};

const targetOf = (name: string, { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {}) =>
  ({
    key: name,
    url: `npm:${name}@1.0.0`,
    transport: 'stdio',
    headers: {},
    timeoutMs: 20_000,
    verifyTls: true,
    launch: {
      command: process.execPath,
      args: [
        '--permission',
        `--allow-fs-read=${MODULES}/*`,
        `--allow-fs-read=${folder}/*`,
        `--allow-fs-write=${folder}/*`,
        binOf(name),
        ...args,
      ],
      env: { PATH: dirname(process.execPath), HOME: folder, ...env },
      cwd: folder,
      slots,
      onLine: (line) => said.push(line),
    },
  }) satisfies UpstreamTarget;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-stdio-')));
  slots = new ProcessSlots(1);
  said = [];
  pool = new UpstreamPool(guard);
});
afterEach(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => guard.close());

/** A server of our own in one file, so small that it can be as bad as we like. */
function scriptOf(onCall: string): UpstreamTarget {
  const script = join(folder, 'server.mjs');
  writeFileSync(
    script,
    `import { createInterface } from 'node:readline';
     const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
     console.log('Hello, I am no message.');
     createInterface({ input: process.stdin }).on('line', async (line) => {
       const { id, method, params } = JSON.parse(line);
       if (method === 'initialize') {
         const { protocolVersion } = params;
         say({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'script', version: '1' } } });
       } else if (method === 'tools/call') { ${onCall} }
       else if (id !== undefined) say({ id, error: { code: -32601, message: 'Method not found' } });
     });`,
  );
  const { launch, ...target } = targetOf(EVERYTHING);
  return { ...target, key: script, timeoutMs: 5_000, launch: { ...launch, args: [script] } };
}

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const textOf = (result: { content: { text?: unknown }[] }): string =>
  result.content.map(({ text }) => String(text)).join('\n');

describe('packages that others wrote', () => {
  it('are listed, called, and heard: progress, logs and what they write to their error stream', async () => {
    const heard: unknown[] = [];
    await pool.withSession(targetOf(EVERYTHING), {}, async (session) => {
      expect(session.protocol).toMatchObject({ transport: 'stdio' });
      expect((await session.listTools()).map(({ name }) => name)).toContain('echo');
      const call = { name: 'trigger-long-running-operation', arguments: { duration: 0.2, steps: 2 } };
      await session.callTool(call, { onProgress: (progress) => heard.push(progress) });
    });
    expect(heard.length).toBeGreaterThan(0);
    expect(said.join()).toContain('STDIO');
  });

  it('see none of our environment', async () => {
    await pool.withSession(targetOf(EVERYTHING, { env: { GREETING: 'hello' } }), {}, async (session) => {
      const env = JSON.parse(textOf(await session.callTool({ name: 'get-env', arguments: {} }))) as object;
      expect(Object.keys(env).sort()).toEqual(['GREETING', 'HOME', 'PATH']);
    });
  });

  it('keep what they write, and come again with it', async () => {
    const target = targetOf(MEMORY, { env: { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') } });
    const entities = [{ name: 'Ada', entityType: 'person', observations: ['writes'] }];
    await pool.withSession(target, {}, (session) =>
      session.callTool({ name: 'create_entities', arguments: { entities } }),
    );
    await pool.close();
    pool = new UpstreamPool(guard);
    await pool.withSession(target, {}, async (session) => {
      expect(textOf(await session.callTool({ name: 'read_graph', arguments: {} }))).toContain('Ada');
    });
  });

  it('read no file outside of their folder, even if they are told to', async () => {
    await pool.withSession(targetOf(FILES, { args: [folder, '/etc'] }), {}, async (session) => {
      const read = (path: string) => session.callTool({ name: 'read_text_file', arguments: { path } });
      writeFileSync(join(folder, 'note.txt'), 'hello');
      expect(textOf(await read(join(folder, 'note.txt')))).toBe('hello');
      expect(await read('/etc/hostname')).toMatchObject({ isError: true });
    });
  });

  it('are tested step by step; there is no address, network or HTTP', async () => {
    const report = await probe(guard, targetOf(EVERYTHING));
    expect(report.ok).toBe(true);
    expect(report.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'address skipped',
      'network skipped',
      'tls skipped',
      'http skipped',
      'auth passed',
      'protocol passed',
      'tools passed',
      'sample_call passed',
    ]);
    const absent = targetOf(EVERYTHING);
    const failed = await probe(guard, { ...absent, launch: { ...absent.launch, args: ['absent.mjs'] } });
    expect(failed.checks.find(({ status }) => status === 'failed')?.name).toBe('protocol');
  });
});

describe('a process', () => {
  it('is one for a server: the next call waits for the one before', async () => {
    const target = scriptOf(`say({ id, result: { content: [{ type: 'text', text: String(process.pid) }] } });`);
    const call = () => pool.withSession(target, {}, async (session) => textOf(await session.callTool({ name: 'pid' })));
    const pids = await Promise.all([call(), call(), call()]);
    expect(new Set(pids).size).toBe(1);
    await pool.close();
    expect(isThere(Number(pids[0]))).toBe(false);
  });

  it('makes room when it is idle; where all are at work the next one is told to wait', async () => {
    const first = scriptOf(`say({ id, result: { content: [{ type: 'text', text: String(process.pid) }] } });`);
    const second = { ...first, key: 'another server' };
    const pid = await pool.withSession(first, {}, async (session) => {
      const refused = pool.withSession(second, {}, async () => undefined);
      await expect(refused).rejects.toMatchObject({ code: 'UPSTREAM_BUSY', requestSent: false });
      return Number(textOf(await session.callTool({ name: 'pid' })));
    });
    await pool.withSession(second, {}, async (session) => session.callTool({ name: 'pid' }));
    expect(isThere(pid)).toBe(false);
  });

  it('that ends in a call fails it as perhaps done, and is started again by the next one', async () => {
    const target = scriptOf(`if (params.name === 'die') process.exit(3); say({ id, result: { content: [] } });`);
    const die = pool.withSession(target, {}, (session) => session.callTool({ name: 'die' }));
    await expect(die).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE', requestSent: true });
    await pool.withSession(target, {}, (session) => session.callTool({ name: 'live' }));
  });

  it('that does not go is killed, with all that it started', async () => {
    const target = scriptOf(
      `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);
       const { spawn } = await import('node:child_process');
       const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
       say({ id, result: { content: [{ type: 'text', text: process.pid + ' ' + child.pid }] } });`,
    );
    const pids = await pool.withSession(target, {}, async (session) => textOf(await session.callTool({ name: 'x' })));
    expect(pids.split(' ').map(Number).map(isThere)).toEqual([true, true]);
    await pool.close();
    expect(pids.split(' ').map(Number).filter(isThere)).toEqual([]);
  });

  it('that writes a line without end is ended, and its call fails at once', async () => {
    const target = scriptOf(`const piece = 'x'.repeat(1 << 20); while (true) if (!process.stdout.write(piece))
      await new Promise((resolve) => process.stdout.once('drain', resolve));`);
    const call = pool.withSession(target, {}, (session) => session.callTool({ name: 'flood' }));
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' });
  });

  it('that hangs is a timeout of its call, and ends', async () => {
    const target = scriptOf(`(await import('node:fs')).writeFileSync('called', '');`);
    const call = pool.withSession(target, {}, (session) => session.callTool({ name: 'hang' }, { timeoutMs: 700 }));
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', requestSent: true });
    expect(existsSync(join(folder, 'called'))).toBe(true);
  });
});
