import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Meeting, type Met, textOf, toolIn } from './meeting.js';

const PROGRAM = resolve(__dirname, '../../../node_modules/mcp-remote/dist/proxy.js');
const AT_MOST_MS = 30_000;

type Message = { id?: number; result?: Record<string, unknown>; error?: { message: string } };

/** `mcp-remote`, which programs that know stdio only put before a server: JSON lines on its streams. */
export async function meetByMcpRemote({ mcpUrl, folder, browser }: Meeting): Promise<Met> {
  const child = spawn(process.execPath, [PROGRAM, mcpUrl, '--allow-http', '--transport', 'http-only'], {
    env: { ...process.env, HOME: folder, MCP_REMOTE_CONFIG_DIR: folder, ...browser.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const waiting = new Map<number, (message: Message) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  });
  let asked = 0;
  const tell = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const ask = async (method: string, params: object): Promise<Record<string, unknown>> => {
    asked += 1;
    const id = asked;
    const answered = new Promise<Message>((answer) => waiting.set(id, answer));
    tell({ id, method, params });
    const ended = exited.then(() => ({ error: { message: 'It ended.' } }));
    const late = new Promise<Message>((answer) => {
      setTimeout(() => answer({ error: { message: 'It did not answer.' } }), AT_MOST_MS).unref();
    });
    const { result, error } = (await Promise.race([answered, ended, late])) as Message;
    if (!result) throw new Error(`mcp-remote, ${method}: ${error?.message ?? 'no result'}\n${said}`);
    return result;
  };
  try {
    const clientInfo = { name: 'stdio', version: '1' };
    await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
    tell({ method: 'notifications/initialized' });
    const tools = ((await ask('tools/list', {})).tools as { name: string }[]).map(({ name }) => name);
    const text = textOf(await ask('tools/call', { name: toolIn(tools), arguments: {} }));
    return { tools, text };
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}
