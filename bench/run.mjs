import { Api } from '../examples/lib/api.mjs';
import { benchCalls } from './calls.mjs';
import { SETTINGS, startApp } from './lib/app.mjs';
import { report } from './lib/measure.mjs';
import { benchLayout } from './layout.mjs';
import { benchRealtime } from './realtime.mjs';

/** All benchmarks, each as a ratio to a reference of the same run. `npm run build` comes first. */
benchLayout();
console.log(`settings: ${JSON.stringify(SETTINGS)}`);
const app = await startApp();
try {
  report('warm start, ms against 5,000', app.warmMs, 5_000, { limit: 1, higherIsBetter: false });
  report('cold start, ms against 15,000', app.coldMs, 15_000, { limit: 1, higherIsBetter: false });
  const api = new Api(app.origin);
  await api.signIn('bench@example.com');
  const server = await api.waitFor('the demo server', async () => {
    const { servers } = await api.call('GET', '/api/v1/servers');
    return servers.find(({ demo, status }) => demo && status === 'online');
  });
  await benchCalls({ origin: app.origin, server, token: api.token });
  await benchRealtime({ origin: app.origin, serverId: server.id, token: api.token });
} finally {
  await app.stop();
}
