import { eventually } from '../../support/app.js';
import { startWebhookReceiver } from '../../support/webhook-receiver.js';
import type { Planting } from './identity-secrets.js';
import { startEcho } from './leaks.js';

/**
 * What goes out and is written down of it: webhooks, configured services, calls with secrets in their arguments, files of
 * servers, both logs.
 * @returns all that the webhook was told
 */
export async function tellOutside({ call, plant }: Planting, owner: string, url: string): Promise<string> {
  const token = owner;
  const receiver = await startWebhookReceiver();
  const hooks = '/api/v1/webhooks';
  const events = ['key.created', 'server.health_changed', 'approval.requested', 'call.finished', 'tool.changed'];
  const made = await call('POST', hooks, { token, body: { url: receiver.url, events }, isSecret: true });
  const hook = String(made.body.id);
  plant('the secret of a webhook', String(made.body.secret).slice('whsec_'.length));
  const rotated = await call('POST', `${hooks}/${hook}/rotate-secret`, { token, body: {}, isSecret: true });
  plant('the next secret of a webhook', String(rotated.body.secret).slice('whsec_'.length));
  await call('POST', `${hooks}/${hook}/test`, { token });
  await call('POST', hooks, { token, body: { url: receiver.url, events: ['none'] } });

  const server = { auth_method: 'none', approval_policy: 'auto_approve' };
  const configured = await call('POST', '/api/v1/servers', { token, body: { ...server, name: 'Configured', url } });
  const configure = (id: unknown, config: object) =>
    call('POST', `/v1/mcp/services/${String(id)}/configure`, { token, body: { config } });
  const header = 'X-Configured-Key';
  const good = { apiKey: plant('a key in the configuration of a service'), header };
  expect((await configure(configured.body.id, good)).status).toBe(200);
  await configure(configured.body.id, { ...good, apiKey: [plant('a key of the wrong form')] });
  const echo = await startEcho();
  const careless = await call('POST', '/api/v1/servers', { token, body: { ...server, name: 'Echo', url: echo.url } });
  const said = { apiKey: plant('a configured key that its server says back') };
  expect((await configure(careless.body.id, said)).status).toBe(400);
  await echo.close();

  const execute = (toolName: string, parameters: object, isSecret: boolean) => {
    const body = { serviceId: configured.body.id, toolName, parameters };
    return call('POST', '/v1/mcp/execute/tool', { token, body, isSecret });
  };
  const settings = { password: plant('a password in an argument'), note: `token=${plant('a token in an argument')}` };
  const written = await execute('write', { text: JSON.stringify(settings) }, true);
  expect(written.status).toBe(200);
  await execute('fail', { api_key: plant('a key in an argument that does not fit') }, false);
  await execute('read', { rows: 'many', password: plant('a password beside a wrong argument') }, false);

  const list = () => call('GET', '/v1/logs/requests', { token });
  const { body } = await eventually(list, (answer) => logsOf(answer.body).length >= 2);
  for (const { id } of logsOf(body)) await call('GET', `/v1/logs/requests/${id}`, { token });
  for (const path of ['/api/v1/requests', '/api/activity/logs', '/api/v1/activity', hooks, '/api/dashboard']) {
    await call('GET', path, { token });
  }
  for (const path of ['/api/export/servers', '/api/config', '/health/services', '/api/v1/approvals']) {
    expect((await call('GET', path, { token })).status).toBe(200);
  }
  await eventually(
    () => receiver.received,
    ({ length }) => length > 0,
  );
  await call('GET', `${hooks}/${hook}/deliveries`, { token });
  await receiver.close();
  return JSON.stringify(receiver.received);
}

const logsOf = (body: Record<string, unknown>) => (body.data as { logs: { id: string }[] } | undefined)?.logs ?? [];
