import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DurableEvent } from '@app/session-protocol';
import { SessionLog } from '../../src/core/sessions/session-log.js';
import type { SessionId } from '../../src/platform/ids.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { type JoinedClient, type Scene, settled, startScene } from './support/scene.js';

const MIB = 1024 * 1024;
/** More than a socket's buffers of the system hold on both sides. */
const MORE_THAN_THE_SYSTEM_TAKES = 20 * MIB;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is in use after garbage collection, bytes. */
function held(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const lineOf = (bytes: number): DurableEvent => ({
  type: 'log_entry',
  payload: { timestamp: '2026-11-21T12:00:00Z', level: 'info', message: 'x'.repeat(bytes), source: 'task_1' },
});

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe.each(TRANSPORTS)('a client that reads slowly over $name', (transport) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene({ RATE_LIMIT_FRAMES: '0' });
  }, 60_000);
  afterAll(() => scene.stop());

  /** @returns the number of the last event */
  async function write(session: string, count: number, bytes: number, together = 10): Promise<number> {
    const log = scene.app.get(SessionLog);
    for (let made = 0; made < count; made += together) {
      await log.append(
        session as SessionId,
        Array.from({ length: together }, () => lineOf(bytes)),
      );
    }
    return (await log.lastSeqs([session as SessionId])).get(session as SessionId) ?? 0;
  }

  const reaches = (client: JoinedClient, last: number) => client.seen(({ seq }) => seq === last, 60_000);

  test('is closed with 4408 when a mebibyte waits for it, and comes back without a gap', async () => {
    const client = await scene.join(transport);
    client.pause();
    const last = await write(client.session, MORE_THAN_THE_SYSTEM_TAKES / 32_768, 32_768);
    client.goOn();
    expect(await client.closed).toBe(4408);
    const known = client.seqs;
    expect(known).toEqual(upTo(known.length));
    expect(known.length).toBeLessThan(last);
    const back = await scene.join(transport, { session: client.session, after: known.length });
    await reaches(back, last);
    expect([...known, ...back.seqs]).toEqual(upTo(last));
  }, 120_000);

  test('costs no more memory than its bound, however much is said', async () => {
    const client = await scene.join(transport);
    await write(client.session, 100, 1_000);
    const before = held();
    client.pause();
    let most = 0;
    for (let part = 0; part < 10; part += 1) {
      await write(client.session, 160, 65_536);
      most = Math.max(most, held() - before);
    }
    client.cut();
    expect(most).toBeLessThan(20 * MIB);
  }, 120_000);

  test('gets a long log as fast as it reads, and nobody waits for it', async () => {
    const session = await scene.newSession();
    const last = await write(session, 50_000, 200, 500);
    const other = await scene.join(transport);
    const before = held();
    const client = transport.connect(scene.app.url, { serverId: scene.server.id, token: scene.person.token, session });
    await client.next('replay_begin');
    let most = 0;
    for (let step = 0; step < 8; step += 1) {
      client.pause();
      await settled(other);
      most = Math.max(most, held() - before);
      const sofar = client.frames.length;
      client.goOn();
      await client.seen(() => client.frames.length > Math.min(sofar + 2_000, last));
    }
    await client.seen('session_snapshot', 60_000);
    expect(most).toBeLessThan(20 * MIB);
    expect(client.seqs).toEqual(upTo(last));
    client.close();
  }, 120_000);
});
