import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Meeting, type Met, textOf, toolIn } from './meeting.js';

const PROGRAM = resolve(__dirname, '../../../node_modules/.bin/mcp-inspector');
const AT_MOST_MS = 40_000;

/** The command line of MCP Inspector: each run signs in anew or finds what the last one kept. */
export async function meetByInspector({ mcpUrl, folder, browser }: Meeting): Promise<Met> {
  const run = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [PROGRAM, '--cli', mcpUrl, '--transport', 'http', '--format', 'json', ...args],
      {
        env: {
          ...process.env,
          HOME: folder,
          MCP_AUTO_OPEN_ENABLED: 'true',
          MCP_INSPECTOR_SECRET_STORE: 'file',
          ...browser.env,
        },
        timeout: AT_MOST_MS,
      },
    );
    return (JSON.parse(stdout) as { result: Record<string, unknown> }).result;
  };
  const listed = await run('--method', 'tools/list');
  const tools = (listed.tools as { name: string }[]).map(({ name }) => name);
  const text = textOf(await run('--method', 'tools/call', '--tool-name', toolIn(tools)));
  return { tools, text };
}
