import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { makeHook, verified } from './support/webhooks.js';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
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

test('the receiver among the examples takes what is signed, and refuses the rest', async () => {
  const hook = await makeHook(owner, 'https://93.184.215.14/hook');
  const child = spawn(process.execPath, [resolve('examples/webhook-receiver.mjs'), '0'], {
    env: { PATH: process.env.PATH, WEBHOOK_SECRET: hook.secret },
  });
  try {
    const firstOf = (stream: NodeJS.ReadableStream) =>
      new Promise<string>((resolve) => createInterface({ input: stream }).once('line', resolve));
    const printed = firstOf(child.stdout);
    const url = (await firstOf(child.stderr)).replace('listening on ', '');
    await owner.call('PATCH', `/webhooks/${hook.id}`, { url });
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
    await owner.call('POST', `/webhooks/${hook.id}/test`);
    expect(JSON.parse(await printed)).toMatchObject({ type: 'webhook.test', data: { webhook_id: hook.id } });
  } finally {
    child.kill();
  }
});

test('while two secrets live both sign, and then the new one alone', async () => {
  const receiver = await receive();
  const hook = await makeHook(owner, receiver.url);
  const rotated = await owner.call<{ secret: string }>('POST', `/webhooks/${hook.id}/rotate-secret`, {
    overlap_seconds: 60,
  });
  expect(rotated.body.secret).not.toBe(hook.secret);
  await owner.call('POST', `/webhooks/${hook.id}/test`);
  await once(receiver);
  const [both] = receiver.received as [Received];
  expect(verified(hook.secret, both)).toMatchObject({ type: 'webhook.test' });
  expect(verified(rotated.body.secret, both)).toMatchObject({ type: 'webhook.test' });
  app.clock.forward(61);
  await owner.call('POST', `/webhooks/${hook.id}/test`);
  await once(receiver, 2);
  const signatures = receiver.received.map(({ headers }) => String(headers['webhook-signature']).split(' ').length);
  expect(signatures).toEqual([2, 1]);
});

test('addresses that may not be called, would be read on the way, or are none, are refused', async () => {
  const refused = async (url: string) =>
    (await owner.call('POST', '/webhooks', { url, events: ['key.created'] })).body.code;
  expect(await refused('ftp://example.com/')).toBe('VALIDATION_ERROR');
  expect(await refused('https://user:word@example.com/')).toBe('VALIDATION_ERROR');
  expect(await refused('http://93.184.215.14/hook')).toBe('WEBHOOK_NEEDS_HTTPS');
  expect(await refused('https://169.254.169.254/latest')).toBe('EGRESS_REFUSED');
  expect(await refused('http://10.0.0.1/hook')).toBe('EGRESS_REFUSED');
  const twice = { url: 'https://93.184.215.14/', events: ['key.created', 'key.created'] };
  expect((await owner.call('POST', '/webhooks', twice)).status).toBe(400);
});

test('an organization has 20 at most, also when many are made at once', async () => {
  const url = 'https://93.184.215.14/hook';
  const made = await Promise.all(
    Array.from({ length: 24 }, () => owner.call('POST', '/webhooks', { url, events: ['key.created'] })),
  );
  expect(made.map(({ status }) => status).sort()).toEqual([
    ...new Array<number>(20).fill(201),
    ...new Array<number>(4).fill(409),
  ]);
});
