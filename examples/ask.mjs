// Asks the agent one thing, approves the whole plan, and prints what comes.
//   node examples/ask.mjs [http://localhost:8080] ["Analyze the latest user signups."]
import { connectSession } from '../dist/libs/session-protocol/src/client/index.js';
import { Api } from './lib/api.mjs';

const [origin = 'http://localhost:8080', text = 'Analyze the latest user signups.'] = process.argv.slice(2);
const api = new Api(origin);
await api.signIn(`asker-${Date.now()}@example.com`);
const server = await api.waitFor('the demo server', async () => {
  const { servers } = await api.call('GET', '/api/v1/servers');
  return servers.find(({ status }) => status === 'online');
});

const session = connectSession({ origin, serverId: server.id, token: () => api.token });
const events = session.events();
await session.send('chat_message', { text });
for await (const { type, payload } of events) {
  if (type === 'task_graph_proposal') await session.send('approve_all', { plan_id: payload.plan_id });
  if (type === 'task_update') console.log(`${payload.node_id} ${payload.title}: ${payload.status}`);
  if (type === 'chat_message') console.log(`${payload.sender}: ${payload.text}`);
  if (type === 'artifact_generated') console.log(`file ${payload.name}, ${payload.size} bytes`);
  if (type === 'turn_finished') break;
}
session.close();
