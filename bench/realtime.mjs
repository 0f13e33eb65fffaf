import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { rawClient, socketIoClient } from './lib/clients.mjs';
import { hammer, report } from './lib/measure.mjs';

const CONNECTIONS = 50;
const SECONDS = 3;
const REFERENCE = fileURLToPath(new URL('./lib/reference-server.mjs', import.meta.url));

/** A `ping` and its `pong` on 50 connections, through the whole of our router, against the bare carrier. */
export async function benchRealtime({ origin, serverId, token }) {
  const child = spawn(process.execPath, [REFERENCE], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const bare = String(line).trim();
  const ws = (url) => url.replace(/^http/, 'ws');
  const carriers = {
    'raw WebSocket echo': {
      ours: () => rawClient(`${ws(origin)}/ws/server/${serverId}?token=${token}`),
      bare: () => rawClient(`${ws(bare)}/`),
    },
    'socket.io echo': {
      ours: () => socketIoClient(`${origin}/ws/server/${serverId}`, { token }),
      bare: () => socketIoClient(bare, {}),
    },
  };
  for (const [name, open] of Object.entries(carriers)) {
    const results = {};
    for (const who of ['bare', 'ours']) {
      const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => open[who]()));
      const roundTrips = clients.map(({ roundTrip }) => roundTrip);
      await hammer(roundTrips, 1);
      results[who] = await hammer(roundTrips, SECONDS);
      for (const client of clients) client.close();
    }
    report(`${name}, messages/s`, results.ours.perSecond, results.bare.perSecond, { limit: 0.5, higherIsBetter: true });
    report(`${name}, p99 ms`, results.ours.p99, results.bare.p99, { limit: 3, higherIsBetter: false });
  }
  child.kill();
}
