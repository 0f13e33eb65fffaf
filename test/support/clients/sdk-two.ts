import {
  Client,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { type Meeting, type Met, textOf, toolIn } from './meeting.js';
import { MemoryProvider } from './memory-provider.js';

const client = () => new Client({ name: 'sdk-two', version: '1' }, { versionNegotiation: { mode: 'auto' } });

/** A program on the official SDK, version 2, in the newer era where it can be. */
export async function meetBySdkTwo({ mcpUrl, browse }: Meeting): Promise<Met & { version: string | undefined }> {
  const provider = new MemoryProvider<StoredOAuthTokens, StoredOAuthClientInformation, OAuthDiscoveryState>(browse);
  const authProvider: OAuthClientProvider = provider;
  const open = () => new StreamableHTTPClientTransport(new URL(mcpUrl), { authProvider });
  const first = open();
  let connected = client();
  try {
    await connected.connect(first);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await first.finishAuth(provider.answered?.searchParams ?? new URLSearchParams());
    connected = client();
    await connected.connect(open());
  }
  const version = connected.getNegotiatedProtocolVersion();
  const tools = (await connected.listTools()).tools.map(({ name }) => name);
  const text = textOf(await connected.callTool({ name: toolIn(tools), arguments: {} }));
  await connected.close();
  return { tools, text, version };
}
