const VERSION = '2026-07-28';
let ids = 0;

/** `tools/call` of 2026-07-28 as a request, which needs no session. */
export function modernCall(name: string, args: Record<string, unknown>, headers: Record<string, string>) {
  ids += 1;
  const meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name, arguments: args, _meta: meta };
  return {
    headers: {
      ...headers,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': VERSION,
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: ids, method: 'tools/call', params }),
  };
}
