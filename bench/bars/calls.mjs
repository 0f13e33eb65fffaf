import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { openRawSession } from '../../examples/lib/raw-session.mjs';
import { arrive, makeFolder, startProduct } from '../lib/app.mjs';
import { percentile, report } from '../lib/measure.mjs';

const CALLS = 40;

/** From a message to the result of the one tool call that it asks for: plan, ledger, call, log; against the bare call. */
export async function calls() {
  const folder = await makeFolder();
  const app = await startProduct(folder);
  try {
    const { api, server } = await arrive(app.origin);
    await measure({ origin: app.origin, server, token: api.token });
  } finally {
    await app.stop();
    await folder.remove();
  }
}

async function measure({ origin, server, token }) {
  const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
  const direct = [];
  for (let call = 0; call < CALLS; call += 1) {
    const started = performance.now();
    await client.callTool({ name: 'echo', arguments: { message: 'ping' } });
    direct.push(performance.now() - started);
  }
  await client.close();

  const session = await openRawSession(origin, server.id, token);
  const whole = [];
  const called = [];
  for (let call = 0; call < CALLS; call += 1) {
    const started = performance.now();
    session.send('chat_message', { text: '/call echo {"message":"ping"}' });
    const of = (status) => session.next(({ type, payload }) => type === 'task_update' && payload.status === status);
    await of('running');
    const running = performance.now();
    await of('succeeded');
    called.push(performance.now() - running);
    whole.push(performance.now() - started);
    await session.next(({ type }) => type === 'turn_finished');
  }
  session.close();
  const p50 = (times) => percentile(times, 0.5);
  report('durable tool call (running to succeeded), p50 ms', p50(called), p50(direct), {
    limit: 15,
    higherIsBetter: false,
  });
  report('message to result, p50 ms', p50(whole), p50(direct), { limit: 60, higherIsBetter: false });
}
