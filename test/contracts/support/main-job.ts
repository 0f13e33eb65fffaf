import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Client } from './client.js';
import { McpServer, ServerStatus, SignedIn, TestPassed } from './document.js';
import { Socket } from './socket.js';

/** Signs in, tries the URL, registers it and sees it answer; the session is closed by the caller. */
export async function openSession(client: Client, url: string): Promise<{ socket: Socket; token: string }> {
  const signedIn = SignedIn.parse(await client.signIn());
  const token = signedIn.access_token;
  const connection = { url, auth_method: 'none' };
  await client.expect(200, TestPassed, client.call('POST', '/servers/test', { token, body: connection }));
  const body = { name: 'By its URL', ...connection };
  const { id } = await client.expect(201, McpServer, client.call('POST', '/servers', { token, body }));
  const status = await client.expect(200, ServerStatus, client.call('GET', `/servers/${id}/status`, { token }));
  expect(status.status).toBe('online');
  const socket = await Socket.open(client.origin, `/ws/server/${id}`, token);
  await socket.message('connection_status');
  return { socket, token };
}

/** Says something, approves every task of the plan, waits for the turn's end. */
export async function sayAndApprove(socket: Socket, text: string) {
  socket.send('chat_message', { text });
  const { nodes } = await socket.message('task_graph_proposal');
  for (const { id } of nodes) socket.send('approve_task', { node_id: id });
  const { outcome } = await socket.frame('turn_finished');
  expect(outcome).toBe('done');
  return nodes;
}

/** What the tool said, from the last word on the task. */
export async function previewOf(socket: Socket, nodeId: string): Promise<string> {
  const update = await socket.frame(
    'task_update',
    ({ node_id, status }) => node_id === nodeId && status === 'succeeded',
  );
  return z.looseObject({ result: z.looseObject({ preview: z.string() }) }).parse(update).result.preview;
}

/** The bytes behind `artifact_generated`, which are what it says they are. */
export async function download(
  client: Client,
  token: string,
  artifact: { url: string; size: number },
): Promise<Buffer> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(client.origin + artifact.url, { headers, signal: AbortSignal.timeout(10_000) });
  const bytes = Buffer.from(await response.arrayBuffer());
  expect([response.status, bytes.byteLength]).toEqual([200, artifact.size]);
  const { sha256 } = z.looseObject({ sha256: z.string() }).parse(artifact);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  return bytes;
}
