import type { Socket } from 'node:net';
import { RawBench, reply, rested, until } from '../test-support/raw-server.js';

const bench = new RawBench();

describe('a connection', () => {
  it('is used again, one exchange at a time', async () => {
    for (let round = 0; round < 3; round++) await bench.send();
    expect(bench.server.sockets).toHaveLength(1);
    await Promise.all([bench.send(), bench.send()]);
    expect(bench.server.sockets).toHaveLength(2);
  });

  it.each([
    ['says that it closes', (socket: Socket) => socket.write(reply('ok', 'connection: close\r\n'))],
    ['speaks HTTP/1.0', (socket: Socket) => socket.write(reply('ok').replace('1.1', '1.0'))],
    ['tells no length', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nok')],
    ['waits for a second only', (socket: Socket) => socket.write(reply('ok', 'keep-alive: timeout=1\r\n'))],
  ])('is not used again where the server %s', async (_what, answer) => {
    bench.server.answer = answer;
    await expect(bench.send()).resolves.toEqual({ status: 200, body: 'ok' });
    await rested();
    await expect(bench.send()).resolves.toEqual({ status: 200, body: 'ok' });
    expect(bench.server.sockets).toHaveLength(2);
    await until(() => bench.server.open === 0);
  });

  it('is closed when the server says anything unasked', async () => {
    await bench.send();
    await rested();
    bench.server.sockets[0]?.write('HTTP/1.1 408 Request Timeout\r\n\r\n');
    await until(() => bench.server.open === 0);
    await expect(bench.send()).resolves.toEqual({ status: 200, body: 'ok' });
  });

  it('never gives the next request an answer that was sent behind the last one', async () => {
    bench.server.answer = (socket) => void socket.write(reply('first') + reply('smuggled'));
    await expect(bench.send()).resolves.toMatchObject({ body: 'first' });
    bench.server.answer = (socket) => void socket.write(reply('second'));
    await expect(bench.send()).resolves.toMatchObject({ body: 'second' });
    expect(bench.server.sockets).toHaveLength(2);
  });

  it('never gives it one that came in a packet of its own, either', async () => {
    bench.server.answer = (socket) => {
      socket.setNoDelay(true);
      socket.write(reply('first'));
      setImmediate(() => socket.write(reply('smuggled')));
      bench.server.answer = (other) => void other.write(reply('second'));
    };
    await expect(bench.send()).resolves.toMatchObject({ body: 'first' });
    // At once, before the loop has looked for more.
    await expect(bench.send()).resolves.toMatchObject({ body: 'second' });
    expect(bench.server.sockets).toHaveLength(2);
  });

  it('closes with the exchange that is cut, which hears nothing more', async () => {
    bench.server.answer = (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok');
    const heard: string[] = [];
    let cut = () => undefined as void;
    await new Promise<void>((resolve) => {
      void bench.send(
        {},
        { leaving: (by) => void (cut = by), received: () => resolve(), failed: () => heard.push('failed') },
      );
    });
    cut();
    await until(() => bench.server.open === 0);
    cut();
    expect(heard).toEqual([]);
  });

  it('is not cut by an exchange that has ended', async () => {
    let cut = () => undefined as void;
    await bench.send({}, { leaving: (by) => void (cut = by) });
    const next = bench.send({}, { leaving: () => cut() });
    await expect(next).resolves.toMatchObject({ body: 'ok' });
    expect(bench.server.sockets).toHaveLength(1);
  });

  it('sends nothing where it is cut as it leaves', async () => {
    const heard: string[] = [];
    await new Promise<void>((resolve) => {
      const leaving = (cut: () => void) => {
        cut();
        resolve();
      };
      void bench.send({}, { leaving, failed: () => heard.push('failed'), ended: () => heard.push('ended') });
    });
    await until(() => bench.server.sockets.length === 1 && bench.server.open === 0);
    expect([bench.server.requests, heard]).toEqual([[], []]);
  });

  it('fails the exchange in which whoever listens throws, and no other', async () => {
    const broken = new Error('broken');
    const received = () => {
      throw broken;
    };
    await expect(bench.send({}, { received })).rejects.toBe(broken);
    await expect(bench.send()).resolves.toMatchObject({ body: 'ok' });
  });

  it('keeps no more than 64 for later', async () => {
    const held: Socket[] = [];
    bench.server.answer = (socket) => void held.push(socket);
    const all = Array.from({ length: 70 }, () => bench.send());
    await until(() => held.length === 70);
    for (const socket of held) socket.write(reply('ok'));
    await Promise.all(all);
    await until(() => bench.server.open === 64);
  });

  it('is closed with the guard, whatever it does', async () => {
    await bench.send();
    bench.server.answer = () => undefined;
    const under = [bench.send(), bench.send()];
    await until(() => bench.server.requests.length === 3);
    await bench.guard.close();
    for (const one of under) await expect(one).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
    await until(() => bench.server.open === 0);
    await expect(bench.send()).rejects.toThrow('closed');
  });

  it('does not keep the process alive', async () => {
    const names = () => process.getActiveResourcesInfo();
    const before = names();
    bench.server.answer = (socket) => void socket.unref().write(reply('ok'));
    await bench.send();
    await until(() => names().length <= before.length);
    expect(bench.server.open).toBe(1);
  });
});
