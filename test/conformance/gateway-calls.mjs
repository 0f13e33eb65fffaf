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
    for (const { name, arguments: args } of calls ?? tools.map((tool) => callOf(tool, tools))) {
      const { isError } = await client.callTool({ name, arguments: args });
      console.log('tools/call', name, isError ? 'failed' : 'answered');
    }
  } finally {
    await client.close();
  }
}

function callOf({ name, inputSchema: { properties = {} } }, tools) {
  if ('a' in properties) return { name, arguments: { a: 2, b: 3 } };
  // One that has told back to it what became of the schema of another.
  const other = tools.find((tool) => tool.name !== name);
  return { name, arguments: 'schema' in properties && other ? { schema: other.inputSchema } : {} };
}
