import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

/**
 * Calls tools of a server as somebody does who stands before the gateway: who is asked something answers with what the
 * form has already.
 * @param calls `{name, arguments}` each; without, every tool of the server
 */
export async function callThroughGateway({ url, key, calls }) {
  const client = new Client(
    { name: 'conformance', version: '1' },
    { capabilities: { elicitation: { form: { applyDefaults: true } } }, versionNegotiation: { mode: 'auto' } },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }));
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  try {
    const { tools } = await client.listTools();
    for (const { name, arguments: args } of calls ?? tools.map(callOf)) {
      const { isError } = await client.callTool({ name, arguments: args });
      console.log('tools/call', name, isError ? 'failed' : 'answered');
    }
  } finally {
    await client.close();
  }
}

const callOf = ({ name, inputSchema: { properties = {} } }) => ({
  name,
  arguments: 'a' in properties ? { a: 2, b: 3 } : {},
});
