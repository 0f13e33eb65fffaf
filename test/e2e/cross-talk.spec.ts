import { RequestLog } from '../../src/core/execution/request-log.js';
import { Database } from '../../src/platform/database/database.js';
import { chaosSeed } from '../support/chaos/random.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { LateUpstream } from '../support/upstreams/answering-late.js';

/** `<clients>x<calls>`; CROSS_TALK=100x1000 is the long run. */
const [CLIENTS = 20, CALLS = 20] = (process.env.CROSS_TALK ?? '20x20').split('x').map(Number);
/** Each has a server of its own at the one address, so that ids of JSON-RPC are the same again and again. */
const OWNERS = 4;
/** Calls of one client that are under way at once. */
const AT_ONCE = 2;
/** Of each client, the calls under an Idempotency-Key. */
const KEYED = 10;

interface Client {
  name: string;
  /** Among those of its owner. */
  number: number;
  serverId: string;
  key: string;
}

describe('over one upstream that answers in any order', () => {
  const seed = chaosSeed();
  let app: TestApp;
  let upstream: LateUpstream;
  const clients: Client[] = [];

  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp(), LateUpstream.start(seed)]);
    for (let index = 0; index < OWNERS; index += 1) {
      const owner = await app.signIn();
      const serverId = (await app.addServer(owner, upstream.url, { approval_policy: 'auto_approve' })).id;
      for (let client = index; client < CLIENTS; client += OWNERS) {
        const { key } = await makeKey(owner, { name: `client ${client}` });
        clients.push({
          name: `client ${client}`,
          number: Math.floor(client / OWNERS),
          serverId,
          key,
        });
      }
    }
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await upstream.close();
  });

  /** All clients name their requests alike, and those of another owner take the same keys. */
  async function call({ number, serverId, key }: Client, marker: string, at: number): Promise<string> {
    const keyed: Record<string, string> = at < KEYED ? { 'idempotency-key': `${number}-${at}` } : {};
    const { status, body, text } = await app.api<{ data: { result: { content: { text: string }[] } } }>(
      'POST',
      '/v1/mcp/execute/tool',
      {
        headers: { authorization: `ApiKey ${key}`, 'x-request-id': `call-${at}`, ...keyed },
        body: { serviceId: serverId, toolName: 'echo', parameters: { marker } },
      },
    );
    return status === 200 ? String(body.data.result.content[0]?.text) : `${status} ${text}`;
  }

  test(
    `${CLIENTS} clients with ${CALLS} calls each, under the same names, get their own answers and no others`,
    async () => {
      const wrong: string[] = [];
      const run = async (client: Client, lane: number) => {
        for (let at = lane; at < CALLS; at += AT_ONCE) {
          const marker = `${client.name}, call ${at}`;
          const said = await call(client, marker, at);
          if (said !== marker) wrong.push(`${marker}: ${said}`);
        }
      };
      await Promise.all(clients.flatMap((client) => Array.from({ length: AT_ONCE }, (_, lane) => run(client, lane))));
      expect({ seed, count: wrong.length, first: wrong.slice(0, 3) }).toEqual({ seed, count: 0, first: [] });
      expect(upstream.calls).toBe(CLIENTS * CALLS);
      expect(upstream.sharedIds).toBeGreaterThan(0);

      await app.get(RequestLog).flush();
      const counted = await app.get(Database).sql<{ name: string; calls: number; succeeded: number }>(
        `select k.name, count(*)::int as calls, count(*) filter (where l.status = 'succeeded')::int as succeeded
         from request_log l join api_keys k on k.id = l.credential_id group by k.name`,
      );
      const expected = clients.map(({ name }) => ({ name, calls: CALLS, succeeded: CALLS }));
      expect(counted.sort(byName)).toEqual(expected.sort(byName));
    },
    30_000 + CLIENTS * CALLS * 10,
  );
});

const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);
