import { result, text } from './fixture-tools.js';
import { eventually, gate } from './gate.js';
import { send } from './http.js';
import { call, sessionAt, startSession } from './legacy-session.js';
import { MemoryCourier } from './memory.js';
import { type Served, serve, shared, type Shared } from './serve.js';

/** A tool that tells of each step when the test lets it. */
function stepwise({ backend }: Served) {
  const steps = [gate(), gate()];
  const signal = gate();
  backend.tools.stepwise = {
    description: 'Steps',
    run: async (_request, exchange) => {
      exchange.signal.addEventListener('abort', () => signal.open());
      exchange.log({ level: 'info', data: 'begun' });
      await steps[0]?.passed;
      exchange.log({ level: 'info', data: 'half' });
      await steps[1]?.passed;
      return result(text('done'));
    },
  };
  return { half: () => steps[0]?.open(), finish: () => steps[1]?.open(), interrupted: signal.passed };
}

describe('a stream that broke off', () => {
  let common: Shared;
  let served: Served;
  beforeEach(async () => {
    common = shared();
    served = await serve({}, common);
  });
  afterEach(() => served.close());

  test('opens with an event to come back to', async () => {
    stepwise(served).finish();
    const session = await startSession(served.url);
    const stream = await session.stream(call('stepwise'));
    expect(await stream.next()).toMatchObject({ data: '', retry: 1000, id: expect.stringMatching(/_1$/) as unknown });
    stream.leave();
    const old = await startSession(served.url, { version: '2025-06-18' });
    const unprimed = await old.stream(call('stepwise'));
    expect(await unprimed.next()).toMatchObject({ message: { params: { data: 'begun' } } });
    unprimed.leave();
  });

  test('goes on where it broke, with what was missed', async () => {
    const { half, finish } = stepwise(served);
    const session = await startSession(served.url);
    const stream = await session.stream(call('stepwise', {}, 'mine'));
    const primed = await stream.next();
    stream.leave();
    half();
    const again = await session.get(primed?.id);
    expect(again.status).toBe(200);
    expect((await again.next())?.message.params?.data).toBe('begun');
    const seen = await again.next();
    expect(seen?.message.params?.data).toBe('half');
    again.leave();
    finish();
    await eventually(() => served.endpoint.load.running === 0);
    const last = await session.get(seen?.id);
    expect(await last.next()).toMatchObject({ message: { id: 'mine', result: {} } });
    expect(await last.next()).toBeUndefined();
  });

  test('is not given to another session, nor when it is gone', async () => {
    const { half, finish } = stepwise(served);
    half();
    finish();
    const [session, other] = [await startSession(served.url), await startSession(served.url)];
    const stream = await session.stream(call('stepwise'));
    const { id } = (await stream.next()) ?? {};
    expect((await other.get(id)).status).toBe(404);
    expect((await session.get(`${id?.split('_')[0]}_r99_1`)).status).toBe(404);
    expect((await session.get('nonsense')).status).toBe(404);
    stream.leave();
  });

  test('interrupts its request when nobody comes back', async () => {
    const impatient = await serve({ keepStreamMs: 10, pulseMs: 5 });
    const { interrupted, half, finish } = stepwise(impatient);
    const session = await startSession(impatient.url);
    const stream = await session.stream(call('stepwise'));
    await stream.next();
    stream.leave();
    await interrupted;
    half();
    finish();
    await eventually(() => impatient.endpoint.load.running + impatient.endpoint.load.streams === 0);
    await impatient.close();
  });

  test('goes on in another process, which asks the one that has it', async () => {
    const { half, finish } = stepwise(served);
    const other = await serve({}, common);
    const session = await startSession(served.url);
    const stream = await session.stream(call('stepwise'));
    const { id } = (await stream.next()) ?? {};
    stream.leave();
    const elsewhere = sessionAt(other.url, session.id);
    const again = await elsewhere.get(id);
    expect((await again.nextMessage())?.params?.data).toBe('begun');
    half();
    expect((await again.nextMessage())?.params?.data).toBe('half');
    finish();
    expect(await again.nextMessage()).toMatchObject({ id: 1, result: {} });
    expect(await again.nextMessage()).toBeUndefined();
    await other.close();
  });

  test('goes on elsewhere with an answer that is larger than a message may be', async () => {
    const most = { ...common, courier: new MemoryCourier(1024 * 1024) };
    const [owner, reader] = [await serve({}, most), await serve({}, most)];
    const said = 'ü😀"'.repeat(700_001);
    const asked = gate();
    owner.backend.tools.large = {
      description: 'Large',
      run: async (_request, exchange) => {
        exchange.log({ level: 'info', data: 'begun' });
        await asked.passed;
        return result(text(said));
      },
    };
    const session = await startSession(owner.url);
    const stream = await session.stream(call('large'));
    const { id } = (await stream.next()) ?? {};
    stream.leave();
    const again = await sessionAt(reader.url, session.id).get(id);
    expect((await again.nextMessage())?.params?.data).toBe('begun');
    asked.open();
    expect((await again.nextMessage())?.result).toMatchObject({ content: [{ text: said }] });
    await owner.close();
    await reader.close();
  });

  test('is taken back from a process that reads no more, and ended in one that hears no more', async () => {
    const quick = { keepAliveMs: 20, keepStreamMs: 10, pulseMs: 5 };
    const [owner, reader] = [await serve(quick, common), await serve({ ...quick, keepAliveMs: 10 }, common)];
    const session = await startSession(owner.url);
    const listening = await session.get();
    const { id } = (await listening.next()) ?? {};
    const again = await sessionAt(reader.url, session.id).get(id);
    expect(again.status).toBe(200);
    common.courier.stop();
    expect(await again.next()).toBeUndefined();
    await eventually(() => owner.endpoint.load.streams === 0);
    await Promise.all([owner.close(), reader.close()]);
  });

  test('is gone with its process', async () => {
    const other = await serve({ courierTimeoutMs: 20 }, common);
    const session = await startSession(served.url);
    const elsewhere = sessionAt(other.url, session.id);
    expect((await elsewhere.get('dead_r1_1')).status).toBe(404);
    const listening = await elsewhere.get('dead_l1_1');
    expect([listening.status, (await listening.next())?.data]).toEqual([200, '']);
    listening.leave();
    await other.close();
  });

  test('keeps what is told while a session that listens is away', async () => {
    const session = await startSession(served.url);
    const stream = await session.get();
    const { id } = (await stream.next()) ?? {};
    stream.leave();
    served.backend.tell('notifications/tools/list_changed');
    const again = await session.get(id);
    expect((await again.nextMessage())?.method).toBe('notifications/tools/list_changed');
    expect(served.backend.listening).toHaveLength(1);
    again.leave();
  });

  test('is forgotten, with what it listened to, when nobody comes back', async () => {
    const impatient = await serve({ keepStreamMs: 10, pulseMs: 5 });
    const session = await startSession(impatient.url);
    (await session.get()).leave();
    await eventually(() => impatient.endpoint.load.streams === 0);
    expect(impatient.backend.listening).toEqual([]);
    await impatient.close();
  });
});

describe('a session of several processes', () => {
  test('is served, changed, cancelled and ended wherever its messages land', async () => {
    const common = shared();
    const [one, two] = [await serve({}, common), await serve({}, common)];
    const { interrupted, half, finish } = stepwise(one);
    const session = await startSession(one.url);
    const elsewhere = sessionAt(two.url, session.id);

    const listening = await session.get();
    await elsewhere.post({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri: 'test://a' } });
    await eventually(() => one.backend.listening[0]?.resourceSubscriptions?.[0] === 'test://a');

    const stream = await session.stream(call('stepwise', {}, 9));
    await stream.nextMessage();
    await elsewhere.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 9 } });
    await interrupted;
    half();
    finish();

    await send(two.url, { method: 'DELETE', headers: session.headers });
    while (await listening.next());
    expect((await session.post({ jsonrpc: '2.0', id: 1, method: 'ping' })).status).toBe(404);
    await Promise.all([one.close(), two.close()]);
    expect(common.courier.size).toBe(0);
  });
});
