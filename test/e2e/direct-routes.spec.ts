import { once } from 'node:events';
import { eventually, startTestApp, type Person, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

/** Read here, past Fastify; and with a parameter that says nothing, by Fastify. */
const WAYS = { past: 'application/json', through: 'application/json; form=any' };

/** Fastify closes one with a body that it cannot read. */
const OF_CONNECTIONS = new Set(['connection', 'keep-alive']);

let app: TestApp;
let upstream: ScriptedUpstream;
let owner: Person;
let serverId: string;
let key: string;

beforeAll(async () => {
  const settings = { TRUST_PROXY: 'true', RATE_LIMIT_RPM: '500', RATE_LIMIT_KEY_RPM: '500' };
  [app, upstream] = await Promise.all([startTestApp(settings), startScriptedUpstream()]);
  owner = await app.signIn();
  serverId = (await app.addServer(owner, upstream.url, { approval_policy: 'auto_approve' })).id;
  key = (await makeKey(owner)).key;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.close();
});

interface Sent {
  body?: string;
  headers?: Record<string, string>;
}

async function send(way: keyof typeof WAYS, { body, headers = {} }: Sent) {
  const answer = await fetch(`${app.url}/v1/mcp/execute/tool`, {
    method: 'POST',
    headers: { authorization: `ApiKey ${key}`, 'x-request-id': 'the-same', ...headers, 'content-type': WAYS[way] },
    body: body ?? JSON.stringify({ serviceId: serverId, toolName: 'read', parameters: { label: 'same' } }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: Object.fromEntries(
      [...answer.headers].filter(([name]) => !OF_CONNECTIONS.has(name)).map(([name, value]) => [name, steady(value)]),
    ),
    body: steady(text),
  };
}

/** Without what differs from one answer to the next: times, counts, ids. */
const steady = (text: string): string =>
  text
    .replace(/log_[0-9a-zA-Z]+/g, 'log_')
    .replace(/\d+(\.\d+)?/g, '#')
    .replace(/[A-Z][a-z]{2}, # [A-Z][a-z]{2} .*/, 'a time');

const call = (changes: object) => JSON.stringify({ serviceId: serverId, toolName: 'read', parameters: {}, ...changes });

describe('a request past Fastify is answered as through it', () => {
  test.each<[string, number, () => Sent]>([
    ['a call', 200, () => ({})],
    ['a call that says how long it would wait', 200, () => ({ headers: { prefer: 'wait=2' } })],
    ['a call whose events are wanted', 200, () => ({ headers: { accept: 'text/event-stream' } })],
    ['a call under a key of its own', 200, () => ({ headers: { 'idempotency-key': `once-${performance.now()}` } })],
    ['no credential', 401, () => ({ headers: { authorization: '' } })],
    ['a key that is not valid', 401, () => ({ headers: { authorization: 'ApiKey mcp_sk_nothing' } })],
    ['a body that is no JSON', 400, () => ({ body: '{' })],
    ['a body that is not UTF-8', 400, () => ({ body: '{"serviceId":"\ud800"}' })],
    ['an empty body', 400, () => ({ body: '' })],
    ['a body with a field too many', 400, () => ({ body: call({ more: 1 }) })],
    ['a body of the wrong form', 400, () => ({ body: call({ toolName: 7 }) })],
    ['arguments that do not fit', 400, () => ({ body: call({ parameters: { rows: 'many' } }) })],
    ['a tool that is not there', 404, () => ({ body: call({ toolName: 'nothing' }) })],
    ['a tool that fails', 500, () => ({ body: call({ toolName: 'fail' }) })],
  ])('%s: %i', async (_what, status, sent) => {
    const past = await send('past', sent());
    expect(past.status).toBe(status);
    expect(past).toEqual(await send('through', sent()));
  });

  test('it is of the address that the last proxy saw', async () => {
    const address = (last: string) => ({ headers: { 'x-forwarded-for': `192.0.2.66, ${last}`, authorization: '' } });
    const remaining = async (way: keyof typeof WAYS, last: string) => {
      const answer = await fetch(`${app.url}/v1/mcp/execute/tool`, {
        method: 'POST',
        headers: { ...address(last).headers, 'content-type': WAYS[way] },
        body: '{}',
      });
      await answer.text();
      return Number(answer.headers.get('x-ratelimit-remaining'));
    };
    expect(await remaining('past', '192.0.2.1')).toBe(499);
    expect(await remaining('through', '192.0.2.1')).toBe(498);
    expect(await remaining('past', '192.0.2.1')).toBe(497);
    expect(await remaining('past', '192.0.2.2')).toBe(499);
  });

  test.each(['past', 'through'] as const)('%s: who leaves ends the call, and the log says so', async (way) => {
    const leaving = new AbortController();
    const label = `left-${way}`;
    const gone = fetch(`${app.url}/v1/mcp/execute/tool`, {
      method: 'POST',
      headers: { authorization: `ApiKey ${key}`, 'content-type': WAYS[way] },
      body: call({ toolName: 'hold', parameters: { label } }),
      signal: leaving.signal,
    });
    const { signal } = await upstream.memory.called('hold', label);
    leaving.abort();
    await expect(gone).rejects.toThrow();
    if (!signal.aborted) await once(signal, 'abort');
    const held = await eventually(
      async () => {
        const answer = await fetch(`${app.url}/v1/logs/requests?serviceId=${serverId}`, {
          headers: { authorization: `ApiKey ${key}` },
        });
        const { data } = (await answer.json()) as { data: { logs: { operation: string; statusCode: number }[] } };
        return data.logs.filter(({ operation }) => operation === 'hold');
      },
      (found) => found.length === (way === 'past' ? 1 : 2),
    );
    expect(held.map(({ statusCode }) => statusCode)).toEqual(held.map(() => 499));
  });
});
