import { type OAuthDiscoveryState, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { type Meeting, type Met, textOf, toolIn } from './meeting.js';
import { MemoryProvider } from './memory-provider.js';

const client = () => new Client({ name: 'sdk-one', version: '1' });

/** A program on the official SDK, version 1. */
export async function meetBySdkOne({ mcpUrl, browse }: Meeting): Promise<Met> {
  const authProvider = new MemoryProvider<OAuthTokens, OAuthClientInformationMixed, OAuthDiscoveryState>(browse);
  const open = () => new StreamableHTTPClientTransport(new URL(mcpUrl), { authProvider });
  const first = open();
  let connected = client();
  try {
    await connected.connect(first);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await first.finishAuth(authProvider.answered?.searchParams.get('code') ?? '');
    connected = client();
    await connected.connect(open());
  }
  const tools = (await connected.listTools()).tools.map(({ name }) => name);
  const text = textOf(await connected.callTool({ name: toolIn(tools), arguments: {} }));
  await connected.close();
  return { tools, text };
}
