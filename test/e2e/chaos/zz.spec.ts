import { createWorld } from '../../support/chaos/world.js';
import { TcpProxy } from '../../support/chaos/tcp-proxy.js';
import { TRANSPORTS } from '../../support/session-clients.js';
import { pause } from '../../support/chaos/until.js';
test('x', async () => {
  const w = await createWorld({ name: 'dbg', seed: 1 });
  const proxies = [];
  for (const t of TRANSPORTS) {
    const proxy = await TcpProxy.to(w.app.port);
    const { follower } = await w.follow(t.name, t, () => proxy.url);
    follower.start();
    await follower.connected(0);
    const s = [...(proxy as any).pairs][0].server;
    const t0 = Date.now();
    const p = proxy.freeze();
    s.on('data', (d: Buffer) => process.stderr.write(`${t.name} ${Date.now() - t0} data ${d.length} ${d.subarray(0, 40).toString('latin1')} ${d[0]}\n`));
    s.on('end', () => process.stderr.write(`${t.name} ${Date.now() - t0} end\n`));
    s.on('close', () => process.stderr.write(`${t.name} ${Date.now() - t0} close\n`));
    process.stderr.write(`${p.length}\n`);
    for (const q of p) void q.then((ms) => process.stderr.write(`${t.name} given up ${ms}\n`));
    proxies.push(proxy); follower.stop(); 
  }
  await pause(75000);
  await w.end();
}, 150000);
