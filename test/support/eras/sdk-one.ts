import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { ANSWER, type EraClient, type Place, textOf } from './era-client.js';

/** 2025-11-25, by version 1 of the official SDK; at an address that ends with `/sse` over HTTP with SSE. */
export async function connectSdkOne({ url, headers }: Place): Promise<EraClient> {
  const client = new Client({ name: 'sdk-one', version: '1' }, { capabilities: { elicitation: {} } });
  let changes = 0;
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept' as const, content: ANSWER }));
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void (changes += 1));
  const options = { requestInit: { headers } };
  const Transport = url.endsWith('/sse') ? SSEClientTransport : StreamableHTTPClientTransport;
  const transport = new Transport(new URL(url), options);
  await client.connect(transport);
  return {
    version: (transport as { protocolVersion?: string }).protocolVersion ?? '',
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args, { onProgress, signal } = {}) =>
      textOf(
        await client.callTool({ name, arguments: args }, undefined, {
          ...(onProgress && { onprogress: ({ progress }) => onProgress(progress) }),
          ...(signal && { signal }),
        }),
      ),
    changes: () => changes,
    close: () => client.close(),
  };
}
