const MODERN = '2026-07-28';
const META = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const ACCEPT = { accept: 'application/json, text/event-stream' };

/** One request for each connection of a target, in an era: in the older one each connection has its session. */
export async function requestsFor(load, { server, url, tool, headers }, { era, method, connections }) {
  const name = method === 'tools/call' ? tool : undefined;
  const params = name === undefined ? {} : { name, arguments: { message: 'hello' } };
  if (era === 'modern') {
    const own = { ...headers, ...ACCEPT, 'mcp-protocol-version': MODERN, 'mcp-method': method };
    return Array.from({ length: connections }, (_, index) => ({
      url,
      headers: { ...own, ...(name && { 'mcp-name': name }) },
      body: text(index, method, { ...params, _meta: META }),
    }));
  }
  server.sessions ??= [];
  const missing = connections - server.sessions.length;
  if (missing > 0) server.sessions.push(...(await load.ask('openSessions', url, headers, missing)));
  const own = { ...headers, ...ACCEPT, 'mcp-protocol-version': '2025-11-25' };
  return server.sessions.slice(0, connections).map((session, index) => ({
    url,
    headers: { ...own, 'mcp-session-id': session },
    body: text(index, method, params),
  }));
}

const text = (index, method, params) => JSON.stringify({ jsonrpc: '2.0', id: index + 1, method, params });
