import { OldDeliveries } from '../../src/core/webhooks/old-deliveries.js';
import { Postman } from '../../src/core/webhooks/postman.js';
import type { WebhookId } from '../../src/core/webhooks/webhook.js';
import { Database } from '../../src/platform/database/database.js';
import { findHook, type Hook, logOf, makeHook, makeKey, type Told, verified } from './support/webhooks.js';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';
import { type Received, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let app: TestApp;
let owner: Person;
const open: WebhookReceiver[] = [];

beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  owner = await app.signIn();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((receiver) => receiver.close()));
});
afterAll(() => app.stop());

const receive = async () => {
  const receiver = await startWebhookReceiver();
  open.push(receiver);
  return receiver;
};
const once = (receiver: WebhookReceiver, count = 1) =>
  eventually(
    () => receiver.received.length,
    (length) => length >= count,
  );
const look = (id: string) => app.get(Postman).look(id as WebhookId);

test('an event is told once, signed so that a library of others verifies it, and logged', async () => {
  const receiver = await receive();
  const hook = await makeHook(owner, receiver.url);
  expect(hook.secret).toMatch(/^whsec_[A-Za-z0-9+/=]{44}$/);
  expect(hook.secret_hint).toBe(hook.secret.slice(-4));
  const key = await makeKey(owner, 'Nightly');
  await once(receiver);
  const [got] = receiver.received;
  const told = verified(hook.secret, got as Received) as Told['payload'];
  expect(told).toMatchObject({
    type: 'key.created',
    data: { key_id: key.id, name: 'Nightly', user_id: owner.user.id },
  });
  const { deliveries } = await eventually(
    () => logOf(owner, hook.id),
    (log) => log.deliveries[0]?.status === 'succeeded',
  );
  expect(deliveries).toHaveLength(1);
  expect(deliveries[0]).toMatchObject({ attempts: 1, response_status: 204, error: null, payload: told });
  expect(deliveries[0]?.event_id).toBe(got?.headers['webhook-id']);
  expect(await findHook(owner, hook.id)).toMatchObject({ last_delivery: { status: 'succeeded' } });
  expect(JSON.stringify(await findHook(owner, hook.id))).not.toContain(hook.secret.slice(6));
});

test('only what was chosen is told, to each that chose it, and only in its own organization', async () => {
  const [one, other, theirs] = await Promise.all([receive(), receive(), receive()]);
  await makeHook(owner, one.url, ['key.revoked']);
  await makeHook(owner, other.url, ['key.created', 'key.rotated', 'key.revoked']);
  const stranger = await app.signIn();
  await makeHook(stranger, theirs.url, ['key.created', 'key.revoked']);
  const key = await makeKey(owner);
  const rotated = await owner.call<{ api_key: { id: string } }>('POST', `/user/api-keys/${key.id}/rotate`, {});
  await owner.call('DELETE', `/user/api-keys/${rotated.body.api_key.id}`);
  await once(one);
  await once(other, 3);
  const types = (receiver: WebhookReceiver) =>
    receiver.received.map(({ body }) => (JSON.parse(body) as Told['payload']).type).sort();
  expect(types(one)).toEqual(['key.revoked']);
  expect(types(other)).toEqual(['key.created', 'key.revoked', 'key.rotated']);
  expect(theirs.received).toEqual([]);
  // One message, whoever hears of it.
  const idOf = (receiver: WebhookReceiver) =>
    receiver.received.find(({ body }) => body.includes('key.revoked'))?.headers['webhook-id'];
  expect(idOf(one)).toBe(idOf(other));
});

test('a server that comes and goes is told when its health changes, and not else', async () => {
  const receiver = await receive();
  const hook = await makeHook(owner, receiver.url, ['server.health_changed']);
  const upstream = await startScriptedUpstream();
  const server = await app.addServer(owner, upstream.url);
  await once(receiver);
  await owner.call('POST', `/servers/${server.id}/check`);
  await upstream.close();
  await owner.call('POST', `/servers/${server.id}/check`);
  await once(receiver, 2);
  const { deliveries } = await logOf(owner, hook.id);
  expect(deliveries.map(({ payload }) => [payload.data.previous_status, payload.data.status])).toEqual([
    ['online', 'offline'],
    ['offline', 'online'],
  ]);
  expect(deliveries[0]?.payload.data).toMatchObject({ server_id: server.id, name: server.name });
});

test('what fails comes again under the same id, newly signed, until it is taken', async () => {
  const receiver = await receive();
  receiver.answer((response, nth) => void response.writeHead(nth < 3 ? 503 : 200).end('not\u0000now'));
  const hook = await makeHook(owner, receiver.url);
  await makeKey(owner);
  await once(receiver);
  const { deliveries } = await eventually(
    () => logOf(owner, hook.id),
    (log) => log.deliveries[0]?.error !== null,
  );
  expect(deliveries[0]).toMatchObject({ status: 'pending', attempts: 1, response_status: 503 });
  expect(deliveries[0]?.error).toBe('It answered 503: not now');
  for (const [seconds, count] of [
    [6, 2],
    [70, 3],
  ] as const) {
    app.clock.forward(seconds);
    await look(hook.id);
    await once(receiver, count);
    await eventually(
      () => logOf(owner, hook.id),
      (log) => Date.parse(log.deliveries[0]?.next_try_at ?? '9999-01-01') > app.clock.now().getTime() + 30_000,
    );
  }
  const { deliveries: after } = await logOf(owner, hook.id);
  expect(after).toMatchObject([{ status: 'succeeded', attempts: 3, error: null }]);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  const stamps = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']));
  expect(stamps[2]).toBeGreaterThan(stamps[0] ?? 0);
});

test('after ten attempts a delivery has failed, and can be delivered again', async () => {
  const receiver = await receive();
  receiver.answer((response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
  const hook = await makeHook(owner, receiver.url);
  await makeKey(owner);
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    await once(receiver, attempt);
    await eventually(
      async () =>
        (
          await app.get(Database).sql<{ error: string | null; status: string; late: boolean }>(
            `select error, status, next_try_at < $2::timestamptz + interval '31 seconds' and attempts > 1 as late
         from webhook_deliveries where webhook_id = $1 and attempts = $3`,
            [hook.id, app.clock.now(), attempt],
          )
        )[0],
      (row) => row?.error != null && !row.late,
    );
    app.clock.forward(9 * 3_600);
    await look(hook.id);
  }
  owner = await app.signIn(owner.email);
  const { deliveries } = await logOf(owner, hook.id, '?status=failed');
  expect(deliveries).toMatchObject([{ status: 'failed', attempts: 10, response_status: 302, next_try_at: null }]);
  expect(deliveries[0]?.error).toContain('redirect');
  receiver.answer((response) => void response.writeHead(200).end());
  const again = await owner.call<Told>('POST', `/webhooks/${hook.id}/deliveries/${deliveries[0]?.id}/redeliver`);
  expect([again.status, again.body.event_id]).toEqual([201, deliveries[0]?.event_id]);
  await once(receiver, 11);
  await eventually(
    () => logOf(owner, hook.id, '?status=succeeded'),
    (log) => log.deliveries.length === 1,
  );
});

test('an endpoint that answers 410 is switched off: with a reason, a line of activity and a mail', async () => {
  const receiver = await receive();
  receiver.answer((response) => void response.writeHead(410).end());
  const hook = await makeHook(owner, receiver.url);
  const mails = await app.mailbox.count(owner.email);
  await makeKey(owner);
  const off = await eventually(
    () => findHook(owner, hook.id),
    (one) => one?.enabled === false,
  );
  expect(off?.disabled_reason).toContain('410');
  await eventually(
    () => app.mailbox.count(owner.email),
    (count) => count === mails + 1,
  );
  const { body } = await owner.call<{ activity: { subject: { id: string } | null }[] }>(
    'GET',
    '/activity?action=webhook.disabled',
  );
  expect(body.activity).toMatchObject([{ subject: { id: hook.id } }]);
  expect((await owner.call('POST', `/webhooks/${hook.id}/test`)).body.code).toBe('WEBHOOK_DISABLED');
  await makeKey(owner, 'Unheard');
  expect((await logOf(owner, hook.id)).deliveries).toHaveLength(1);
  receiver.answer((response) => void response.writeHead(200).end());
  const on = await owner.call<Hook>('PATCH', `/webhooks/${hook.id}`, { enabled: true });
  expect(on.body).toMatchObject({ enabled: true, disabled_reason: null });
  await owner.call('POST', `/webhooks/${hook.id}/test`);
  await once(receiver, 2);
});

test('an endpoint that nothing reaches for five days is switched off', async () => {
  const receiver = await receive();
  receiver.answer((response) => void response.writeHead(500).end());
  const hook = await makeHook(owner, receiver.url);
  await makeKey(owner);
  const failedOnce = () =>
    eventually(
      async () =>
        (await app.get(Database).sql('select from webhooks where id = $1 and failing_since is not null', [hook.id]))
          .length,
      (rows) => rows === 1,
    );
  await failedOnce();
  const mails = await app.mailbox.count(owner.email);
  app.clock.forward(5 * 86_400 + 60);
  await look(hook.id);
  await eventually(
    () => app.mailbox.count(owner.email),
    (count) => count === mails + 1,
  );
  owner = await app.signIn(owner.email);
  const off = await findHook(owner, hook.id);
  expect(off?.disabled_reason).toContain('five days');
});

test('one that hangs holds up no other, and is left alone when its time is over', async () => {
  const [hanging, well] = await Promise.all([receive(), receive()]);
  hanging.answer(() => undefined);
  const [stuck] = [await makeHook(owner, hanging.url), await makeHook(owner, well.url)];
  for (let count = 1; count <= 12; count += 1) await makeKey(owner, `Key ${count}`);
  await once(well, 12);
  expect(hanging.received.length).toBeLessThanOrEqual(4);
  expect((await logOf(owner, stuck.id)).deliveries.every(({ status }) => status === 'pending')).toBe(true);
});

test('what was being sent when a process died is sent again, under the same id', async () => {
  const receiver = await receive();
  const hook = await makeHook(owner, receiver.url);
  await owner.call('POST', `/webhooks/${hook.id}/test`);
  await once(receiver);
  await eventually(
    () => logOf(owner, hook.id),
    (log) => log.deliveries[0]?.status === 'succeeded',
  );
  // As a process leaves it that was killed before it could write down the answer: claimed, with a lease.
  const lease = new Date(app.clock.now().getTime() + 30_000);
  await app
    .get(Database)
    .sql(`update webhook_deliveries set status = 'pending', next_try_at = $2 where webhook_id = $1`, [hook.id, lease]);
  await look(hook.id);
  app.clock.forward(31);
  await look(hook.id);
  await once(receiver, 2);
  const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(ids[1]).toBe(ids[0]);
});

test('the log has pages, and loses what is old', async () => {
  const receiver = await receive();
  const hook = await makeHook(owner, receiver.url);
  await Promise.all(Array.from({ length: 52 }, () => owner.call('POST', `/webhooks/${hook.id}/test`)));
  await once(receiver, 52);
  const first = await logOf(owner, hook.id);
  expect([first.deliveries.length, first.next]).toEqual([50, '2']);
  const second = await logOf(owner, hook.id, '?page=2');
  expect([second.deliveries.length, second.next]).toEqual([2, undefined]);
  await eventually(
    () => logOf(owner, hook.id, '?status=pending'),
    (log) => log.deliveries.length === 0,
  );
  app.clock.forward(31 * 86_400);
  await app.get(OldDeliveries).run(new AbortController().signal);
  owner = await app.signIn(owner.email);
  expect((await logOf(owner, hook.id)).deliveries).toEqual([]);
});
