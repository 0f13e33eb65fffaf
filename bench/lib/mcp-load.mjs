import { Agent, request as httpRequest } from 'node:http';

/** As an SDK has them: each has its session, and its stream to listen on. */
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const streams = [];

/** So many sessions of the 2025 era at `url`. @returns their ids */
export async function openSessions(url, headers, count, { listen = false } = {}) {
  const ids = [];
  let left = count;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (left > 0) {
        left -= 1;
        const id = await openSession(url, headers);
        if (listen) streams.push(await openStream(url, { ...headers, 'mcp-session-id': id }));
        ids.push(id);
      }
    }),
  );
  return ids;
}

export function closeSessions() {
  for (const stream of streams.splice(0)) stream.destroy();
}

async function openSession(url, headers) {
  const clientInfo = { name: 'bench', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const { answer } = await send(url, 'POST', headers, { jsonrpc: '2.0', id: 0, method: 'initialize', params });
  const id = answer.headers['mcp-session-id'];
  if (answer.statusCode !== 200 || id === undefined) throw new Error(`A session was answered ${answer.statusCode}.`);
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
  await send(url, 'POST', { ...headers, 'mcp-session-id': id }, initialized);
  return id;
}

const ACCEPT = 'application/json, text/event-stream';

function send(url, method, headers, body) {
  return new Promise((resolve, reject) => {
    const outgoing = { ...headers, 'content-type': 'application/json', accept: ACCEPT };
    const request = httpRequest(url, { method, agent, headers: outgoing }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve({ answer, text }));
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

function openStream(url, headers) {
  return new Promise((resolve, reject) => {
    const outgoing = { ...headers, accept: 'text/event-stream', 'mcp-protocol-version': '2025-11-25' };
    const request = httpRequest(url, { method: 'GET', agent: false, headers: outgoing }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`A stream was answered ${answer.statusCode}.`));
      answer.resume();
      answer.on('error', () => undefined);
      resolve(answer);
    });
    request.on('error', reject);
    request.end();
  });
}
