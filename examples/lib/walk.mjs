import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Api } from './api.mjs';

/** @param openSession opens a session: `{send(type, payload), next(predicate)}` */
export async function walk(origin, openSession) {
  const started = performance.now();
  const tell = (text) => console.log(`${((performance.now() - started) / 1000).toFixed(2).padStart(6)} s  ${text}`);

  const api = new Api(origin);
  const { user } = await api.signIn(`walker-${Date.now()}@example.com`);
  tell(`signed in as ${user.username}`);

  const server = await api.waitFor('the demo server', async () => {
    const { servers } = await api.call('GET', '/api/v1/servers');
    return servers.find(({ name, status }) => name === 'Demo server' && status === 'online');
  });
  tell(`${server.name} is ${server.status} at ${server.url}`);

  const session = await openSession(origin, server.id, api.token);
  session.send('chat_message', { text: 'Analyze the latest user signups.' });
  const proposal = await session.next(({ type }) => type === 'task_graph_proposal');
  tell(`a plan of ${proposal.payload.nodes.length} tasks:`);
  for (const node of proposal.payload.nodes) {
    tell(`  ${node.id} ${node.title} (${node.depends_on.length ? `after ${node.depends_on.join(', ')}` : 'first'})`);
  }

  // What no rule approves waits for us: a task that is still pending after the proposal was told.
  const files = [];
  let answer = '';
  for (const { id, risk } of proposal.payload.nodes) {
    if (risk.read_only) continue;
    tell(`  approving ${id}`);
    session.send('approve_task', { node_id: id });
  }
  for (;;) {
    const { type, payload } = await session.next(() => true);
    if (type === 'task_update') tell(`  ${payload.node_id} ${payload.status}`);
    if (type === 'artifact_generated') files.push(payload);
    if (type === 'chat_message' && payload.sender === 'AGENT') answer = payload.text;
    if (type === 'turn_finished') break;
  }
  tell(answer.split('\n')[0]);

  for (const file of files) {
    const response = await fetch(origin + file.url, { headers: { authorization: `Bearer ${api.token}` } });
    const bytes = Buffer.from(await response.arrayBuffer());
    const intact = createHash('sha256').update(bytes).digest('hex') === file.sha256;
    if (!response.ok || !intact) throw new Error(`${file.name}: ${response.status}, ${intact ? 'intact' : 'changed'}`);
    await writeFile(file.name, bytes);
    tell(`saved ${file.name}, ${file.content_type}, ${bytes.length} bytes`);
  }
  if (files.length === 0) throw new Error('No file came out.');
  session.close();
}
