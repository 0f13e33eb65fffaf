import { createEgressGuard, type EgressGuard } from '@app/egress';
import { Deadline, UpstreamPool, type UpstreamSession } from '@app/mcp-client';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SharedListings } from './shared-listings.js';

const ID = 'mcp_1';
const deadlines: Deadline[] = [];
const wait = (timeoutMs = 10_000, signal?: AbortSignal) => {
  const deadline = new Deadline(timeoutMs, signal);
  deadlines.push(deadline);
  return deadline;
};

let server: Server;
let guard: EgressGuard;
let pool: UpstreamPool;
/** Listings that came, each answered when the test says so. */
let asked: ((answer: object) => void)[];
let heard: (() => void) | undefined;

const tool = (name: string, description = '') => ({ name, description, inputSchema: { type: 'object' } });

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => answer(response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  guard = createEgressGuard({ allow: [], loopback: 'allowed' });
  pool = new UpstreamPool(guard);
});
afterEach(async () => {
  for (const deadline of deadlines.splice(0)) deadline.dispose();
  await pool.close();
  await guard.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function answer(response: ServerResponse, body: string): void {
  const { id, method } = (body === '' ? {} : JSON.parse(body)) as { id?: number; method?: string };
  if (id === undefined) return void response.writeHead(body === '' ? 405 : 202).end();
  const reply = (outcome: object) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }));
  };
  if (method === 'initialize') {
    const serverInfo = { name: 'listing', version: '1' };
    return reply({ result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo } });
  }
  if (method !== 'tools/list') return reply({ error: { code: -32601, message: 'Method not found' } });
  asked.push((result) => reply({ result }));
  heard?.();
}

/** Until so many listings have come in all. */
async function untilAsked(count: number): Promise<void> {
  while (asked.length < count) await new Promise<void>((resolve) => (heard = resolve));
}

const withSession = <T>(work: (session: UpstreamSession) => Promise<T>): Promise<T> => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const place = { url, transport: 'streamable_http' as const, headers: {}, timeoutMs: 10_000, verifyTls: true };
  return pool.withSession({ key: url, ...place }, {}, work);
};

describe('listings of a server that many calls ask for', () => {
  it('never answer a call with what was listed before it came, and are shared by those that came before they began', async () => {
    await withSession(async (session) => {
      const listings = new SharedListings();
      const first = listings.pins(session, ID, wait());
      await untilAsked(1);
      const later = Array.from({ length: 20 }, () => listings.pins(session, ID, wait()));
      asked[0]?.({ tools: [tool('a', 'as it was')] });
      const before = await first;
      // Once to see that something changed, once to read it.
      for (const count of [2, 3]) {
        await untilAsked(count);
        asked[count - 1]?.({ tools: [tool('a', 'changed meanwhile')] });
      }
      const after = await Promise.all(later);
      expect(asked).toHaveLength(3);
      expect(new Set(after).size).toBe(1);
      expect(after[0]?.get('a')).not.toBe(before.get('a'));
    });
  });

  it('wait a moment for those who called together the last time, and for nobody where one calls alone', async () => {
    await withSession(async (session) => {
      const listings = new SharedListings();
      const answerNext = async (count: number) => {
        await untilAsked(count);
        asked[count - 1]?.({ tools: [tool('a')] });
      };
      const alone = listings.pins(session, ID, wait());
      const together = [listings.pins(session, ID, wait()), listings.pins(session, ID, wait())];
      await answerNext(1);
      await alone;
      await answerNext(2);
      await Promise.all(together);
      const again = [listings.pins(session, ID, wait()), listings.pins(session, ID, wait())];
      await answerNext(3);
      await Promise.all(again);
      expect(asked).toHaveLength(3);
      const onlyOne = listings.pins(session, ID, wait());
      await answerNext(4);
      expect((await onlyOne).has('a')).toBe(true);
    });
  });

  it('are not read again where the server says the same, page for page', async () => {
    await withSession(async (session) => {
      const listings = new SharedListings();
      const pages = [{ tools: [tool('a')], nextCursor: '2' }, { tools: [tool('b')] }];
      const ask = async (...answers: object[]) => {
        const pins = listings.pins(session, ID, wait());
        for (const one of answers) {
          const count = asked.length + 1;
          await untilAsked(count);
          asked[count - 1]?.(one);
        }
        return pins;
      };
      const first = await ask(...pages);
      expect([...first.keys()]).toEqual(['a', 'b']);
      expect(await ask(...pages)).toBe(first);
      const changed = await ask(pages[0] ?? {}, { tools: [tool('b', 'other')] }, pages[0] ?? {}, {
        tools: [tool('b', 'other')],
      });
      expect(changed.get('a')).toBe(first.get('a'));
      expect(changed.get('b')).not.toBe(first.get('b'));
    });
  });

  it('have the time that the server is given, and not that of the caller who came first', async () => {
    await withSession(async (session) => {
      const listings = new SharedListings();
      const hasty = async () => {
        const pins = listings.pins(session, ID, wait(30));
        await expect(pins).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', requestSent: false });
      };
      const first = listings.pins(session, ID, wait());
      await untilAsked(1);
      const gone = hasty();
      const patient = listings.pins(session, ID, wait());
      await gone;
      asked[0]?.({ tools: [tool('a')] });
      await first;
      await untilAsked(2);
      await hasty();
      asked[1]?.({ tools: [tool('a')] });
      expect((await patient).has('a')).toBe(true);
    });
  });

  it('go on when one who waits gives up, and let others try after a failure', async () => {
    await withSession(async (session) => {
      const listings = new SharedListings();
      const leaving = new AbortController();
      const left = listings.pins(session, ID, wait(10_000, leaving.signal));
      await untilAsked(1);
      const next = listings.pins(session, ID, wait());
      leaving.abort();
      await expect(left).rejects.toMatchObject({ code: 'UPSTREAM_CANCELLED', requestSent: false });
      asked[0]?.({ tools: 'none' });
      await untilAsked(2);
      asked[1]?.({ tools: [tool('a')] });
      expect((await next).has('a')).toBe(true);
    });
  });
});
