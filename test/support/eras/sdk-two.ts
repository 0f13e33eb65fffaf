import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { ANSWER, type EraClient, type Place, textOf } from './era-client.js';

/** 2026-07-28, by version 2 of the official SDK. */
export async function connectSdkTwo({ url, headers }: Place): Promise<EraClient> {
  let changes = 0;
  const client = new Client(
    { name: 'sdk-two', version: '1' },
    {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode: 'auto' },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => void (changes += 1) } },
    },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept' as const, content: ANSWER }));
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return {
    version: client.getNegotiatedProtocolVersion() ?? '',
    listTools: async () => (await client.listTools(undefined, { cacheMode: 'refresh' })).tools.map(({ name }) => name),
    call: async (name, args, { onProgress, signal } = {}) =>
      textOf(
        await client.callTool(
          { name, arguments: args },
          {
            ...(onProgress && { onprogress: ({ progress }) => onProgress(progress) }),
            ...(signal && { signal }),
          },
        ),
      ),
    changes: () => changes,
    close: () => client.close(),
  };
}
