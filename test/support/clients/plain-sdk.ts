import { Client as ClientTwo, StreamableHTTPClientTransport as TransportTwo } from '@modelcontextprotocol/client';
import { Client as ClientOne } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportOne } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Place } from '../eras/era-client.js';

/** Version 1 of the official SDK as it comes, in the older era; it judges what it is told. */
export async function meetOlder({ url, headers }: Place): Promise<ClientOne> {
  const client = new ClientOne({ name: 'older', version: '1' });
  await client.connect(new TransportOne(new URL(url), { requestInit: { headers } }));
  return client;
}

/** Version 2, in the newer era. */
export async function meetNewer({ url, headers }: Place): Promise<ClientTwo> {
  const client = new ClientTwo({ name: 'newer', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new TransportTwo(new URL(url), { requestInit: { headers } }));
  return client;
}
