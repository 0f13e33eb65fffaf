import { HeldCalls } from '../../src/core/execution/held-calls.service.js';
import type { ApprovalId, UserId } from '../../src/platform/ids.js';
import { eventually } from '../support/app.js';
import type { Place } from '../support/eras/era-client.js';
import { makeKey } from '../support/api-keys.js';
import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { startOneServer } from '../support/gateway/one-server.js';
import { approvalOf, faultOf, type Message, type Question, questionOf, wordsOf } from '../support/gateway/said.js';
import { Organizations } from '../support/organizations.js';
import { startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';
import { RawClient } from './oauth/support.js';

const URLS = { elicitation: { url: {} } };
const FORMS = { elicitation: { form: {} } };

const start = () =>
  startOneServer(startScriptedUpstream, {
    settings: { APPROVAL_LIFETIME_SECONDS: '60' },
    policy: 'require_approval_all',
  });
let product: Awaited<ReturnType<typeof start>>;
let place: Place;
beforeAll(async () => {
  product = await start();
  place = product.placeAt();
}, 60_000);
afterAll(() => product.stop());

const decide = async (id: string, decision: 'approve' | 'deny') => {
  const body = { decision, ...(decision === 'deny' && { reason: 'Not today.' }) };
  const { status, text } = await product.owner.call('POST', `/approvals/${id}/decide`, body);
  if (status !== 200) throw new Error(`${id} was not decided: ${text}`);
};
const withdraw = async (id: string) => {
  const { status, text } = await product.owner.call('POST', `/approvals/${id}/withdraw`);
  if (status !== 200) throw new Error(`${id} was not withdrawn: ${text}`);
};
const written = (label: string) => product.upstream.memory.count('write', label);
const idIn = (question: Record<string, unknown>): string => String(question.url).split('/approvals/')[1] ?? '';
const linkIn = ({ asked }: Question) => idIn(asked?.params ?? {});

describe.each([
  ['of the newer era', () => Promise.resolve(new ModernProgram(place, FORMS))],
  ['of the older era', () => LegacyProgram.begin(place, { capabilities: FORMS })],
])('a client without URL elicitation, %s,', (era, connect) => {
  const label = (words: string) => `${words} ${era}`;

  test('is told at once where to decide; calls again after it, and gets the result of the one call', async () => {
    const client = await connect();
    const args = { label: label('link'), text: 'x' };
    const first = await client.call('write', args);
    const link = approvalOf(first);
    expect(wordsOf(first)).toContain(link?.url);
    expect(first.result?.isError).not.toBe(true);
    expect(approvalOf(await client.call('write', args))).toEqual(link);
    await decide(link?.id ?? '', 'approve');
    await eventually(
      () => written(args.label),
      (count) => count === 1,
    );
    const told = await eventually(
      () => client.call('write', args),
      (said) => approvalOf(said)?.id !== link?.id,
    );
    expect(told.result).toMatchObject({ structuredContent: { written: 'x', count: 1 } });
    const anew = await client.call('write', args);
    expect(approvalOf(anew)?.id).toMatch(/^apr_/);
    expect(approvalOf(anew)?.id).not.toBe(link?.id);
    expect(written(args.label)).toBe(1);
  });

  test('is told when it was denied, and nothing is sent', async () => {
    const client = await connect();
    const args = { label: label('denied'), text: 'x' };
    const link = approvalOf(await client.call('write', args));
    await decide(link?.id ?? '', 'deny');
    const told = await client.call('write', args);
    expect(told.result?.isError).toBe(true);
    expect(wordsOf(told)).toContain('Not today.');
    expect(written(args.label)).toBe(0);
  });

  test('asks anew with the next call when it was withdrawn', async () => {
    const client = await connect();
    const args = { label: label('withdrawn'), text: 'x' };
    const link = approvalOf(await client.call('write', args));
    await withdraw(link?.id ?? '');
    const anew = approvalOf(await client.call('write', args));
    expect([anew?.id === link?.id, anew?.id.startsWith('apr_')]).toEqual([false, true]);
    expect(written(args.label)).toBe(0);
  });

  test('has to ask anew when nobody decided in time', async () => {
    const client = await connect();
    const args = { label: label('expired'), text: 'x' };
    const link = approvalOf(await client.call('write', args));
    product.app.clock.forward(61);
    // By whom it is ended first, its job or this look, decides whether that is told once.
    const calling = async () => approvalOf(await client.call('write', args));
    const again = await eventually(calling, (found) => found !== undefined);
    expect(again?.id).not.toBe(link?.id);
    expect(written(args.label)).toBe(0);
  });
});

describe('a client of the older era that can be sent to a page', () => {
  const beginAt = (answer: (question: Message) => Record<string, unknown> | undefined) =>
    LegacyProgram.begin(place, { capabilities: URLS, answer });

  test('is sent there, and the very call completes when somebody approves, whether it answered or not', async () => {
    for (const answer of [() => ({ action: 'accept' }), () => undefined]) {
      const client = await beginAt(answer);
      const label = `asked ${answer.toString()}`;
      const calling = client.call('write', { label, text: 'x' });
      const question = await eventually(
        () => client.heard.find(({ method }) => method === 'elicitation/create'),
        (found) => found !== undefined,
      );
      expect(question?.params).toMatchObject({ mode: 'url', elicitationId: idIn(question?.params ?? {}) });
      await decide(idIn(question?.params ?? {}), 'approve');
      expect((await calling).result).toMatchObject({ structuredContent: { written: 'x', count: 1 } });
      const complete = client.heard.find(({ method }) => method === 'notifications/elicitation/complete');
      expect(complete?.params).toEqual({ elicitationId: question?.params?.elicitationId });
    }
  });

  test('that declines is left with the link', async () => {
    const client = await beginAt(() => ({ action: 'decline' }));
    const startedAt = performance.now();
    const said = await client.call('write', { label: 'declined', text: 'x' });
    expect(approvalOf(said)?.id).toMatch(/^apr_/);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('is told when the call was denied meanwhile', async () => {
    const client = await beginAt((question) => {
      void decide(idIn(question.params ?? {}), 'deny');
      return { action: 'accept' };
    });
    const said = await client.call('write', { label: 'denied meanwhile', text: 'x' });
    expect([said.result?.isError, wordsOf(said).includes('Not today.')]).toEqual([true, true]);
    expect(written('denied meanwhile')).toBe(0);
  });
});

test.each([
  ['of the older era', 'withdrawn'],
  ['of the newer era', 'withdrawn'],
  ['of the newer era', 'denied'],
])('a client %s that waits on our page hears it when the call is %s', async (era, how) => {
  const label = `waits ${era} ${how}`;
  const args = { label, text: 'x' };
  const end = how === 'denied' ? (id: string) => decide(id, 'deny') : withdraw;
  const answer = (question: Message) => {
    void end(idIn(question.params ?? {}));
    return { action: 'accept' };
  };
  if (era === 'of the older era') {
    const client = await LegacyProgram.begin(place, { capabilities: URLS, answer });
    expect(faultOf(await client.call('write', args))).toBe('APPROVAL_WITHDRAWN');
  } else {
    const client = new ModernProgram(place, URLS);
    const question = questionOf(await client.call('write', args));
    const back = question.accept();
    const waiting = client.call('write', args, back);
    await end(linkIn(question));
    expect(faultOf(await waiting)).toBe(how === 'denied' ? 'APPROVAL_DENIED' : 'APPROVAL_WITHDRAWN');
    // What was decided stays so, however often it is asked for.
    expect(faultOf(await client.call('write', args, back))).toBe(
      how === 'denied' ? 'APPROVAL_DENIED' : 'APPROVAL_WITHDRAWN',
    );
  }
  expect(written(label)).toBe(0);
});

describe('a client of the newer era that can be sent to a page', () => {
  test('takes the question away, comes back, and gets the result of the one call', async () => {
    const client = new ModernProgram(place, URLS);
    const args = { label: 'comes back', text: 'x' };
    const question = questionOf(await client.call('write', args));
    expect(question.asked).toMatchObject({ method: 'elicitation/create', params: { mode: 'url' } });
    const waiting = client.call('write', args, question.accept());
    await decide(linkIn(question), 'approve');
    expect((await waiting).result).toMatchObject({ resultType: 'complete', structuredContent: { count: 1 } });
    expect(written('comes back')).toBe(1);
  });

  test('that declines is left with the link; denied, it is told', async () => {
    const client = new ModernProgram(place, URLS);
    const args = { label: 'no', text: 'x' };
    const question = questionOf(await client.call('write', args));
    const declined = await client.call('write', args, question.decline());
    expect(approvalOf(declined)?.id).toBe(linkIn(question));
    await decide(linkIn(question), 'deny');
    const told = await client.call('write', args, question.accept());
    expect([told.result?.isError, written('no')]).toEqual([true, 0]);
  });

  test('cannot go on with what is another one’s, another call’s or forged', async () => {
    const client = new ModernProgram(place, URLS);
    const args = { label: 'mine', text: 'x' };
    const question = questionOf(await client.call('write', args));
    const id = linkIn(question);
    await decide(id, 'approve');
    const colleague = await new Organizations(product.app).join(product.owner, 'admin');
    const theirs = new ModernProgram({ ...place, headers: (await makeKey(colleague)).headers }, URLS);
    const ofOtherKey = new ModernProgram({ ...place, headers: (await makeKey(product.owner)).headers }, URLS);
    const elsewhere = new ModernProgram({ ...place, url: `${product.app.url}/mcp` }, URLS);
    const back = question.accept();
    const refusals = await Promise.all([
      theirs.call('write', args, back),
      ofOtherKey.call('write', args, back),
      elsewhere.call('write', args, back),
      client.call('write', { ...args, text: 'y' }, back),
      client.call('write', args, { ...back, requestState: JSON.stringify({ held: id }) }),
      client.call('write', args, { ...back, requestState: `${String(back.requestState).slice(0, -2)}AA` }),
      client.call('write', args, { ...back, requestState: { held: id } }),
    ]);
    expect(refusals.map(({ error }) => error?.code)).toEqual(refusals.map(() => -32602));
    expect((await client.call('write', args, back)).result).toMatchObject({ structuredContent: { count: 1 } });
  });

  test('is told to make the call anew when nobody decided in time', async () => {
    const client = new ModernProgram(place, URLS);
    const args = { label: 'too late', text: 'x' };
    const { accept } = questionOf(await client.call('write', args));
    product.app.clock.forward(61);
    const told = await client.call('write', args, accept());
    expect([faultOf(told), written('too late')]).toEqual(['APPROVAL_EXPIRED', 0]);
  });
});

describe('whoever decides', () => {
  const shown = async (id = '') => (await product.owner.call('GET', `/approvals/${id}`)).body;

  test('reads which key asked for it, as it was called then', async () => {
    const key = await makeKey(product.owner, { name: 'nightly <b>run</b>' });
    const client = new ModernProgram({ ...place, headers: key.headers });
    const link = approvalOf(await client.call('write', { label: 'by a key', text: 'x' }));
    await product.owner.call('DELETE', `/user/api-keys/${key.id}`);
    const named = { via: 'api_key', via_name: 'nightly <b>run</b>', door: 'gateway' };
    expect(await shown(link?.id)).toMatchObject({ requested_by: { user_id: product.owner.user.id }, ...named });
    expect((await product.owner.call('GET', '/approvals')).body).toMatchObject({
      approvals: expect.arrayContaining([expect.objectContaining({ id: link?.id, ...named })]) as unknown,
    });
  });

  test('reads which client asked for it, by the name that it gave itself, plain and bounded', async () => {
    const name = `An editor\u202e${'!'.repeat(150)}`;
    const client = await RawClient.register(product.app, { client_name: name });
    const { access_token: token } = await client.connect(product.owner, {
      resource: `${client.resource}/s/${product.server.id}`,
    });
    const program = new ModernProgram({ ...place, headers: { authorization: `Bearer ${token}` } });
    const link = approvalOf(await program.call('write', { label: 'by a client', text: 'x' }));
    const { via, via_name: said } = (await shown(link?.id)) as { via: string; via_name: string };
    expect([via, said.length]).toEqual(['oauth', 80]);
    expect(said).toMatch(/^An editor !+…$/);
  });

  test('reads of a call by REST the same, and of one by a person who signed in no program', async () => {
    const call = async (token: string) => {
      const body = { serviceId: product.server.id, toolName: 'write', parameters: { label: 'by REST', text: 'x' } };
      const answer = await product.app.api<{ data: { approvalId: string } }>('POST', '/v1/mcp/execute/tool', {
        token,
        body,
      });
      return shown(answer.body.data.approvalId);
    };
    const key = (await makeKey(product.owner, { name: 'deploy' })).headers.authorization.slice('Bearer '.length);
    expect(await call(key)).toMatchObject({ door: 'rest', via_name: 'deploy' });
    expect(await call(product.owner.token)).toMatchObject({ door: 'rest', via: 'access_token', via_name: null });
  });
});

test('what was approved runs once, however many ask for it at the same time', async () => {
  const client = new ModernProgram(place, {});
  const args = { label: 'many', text: 'x' };
  const link = approvalOf(await client.call('write', args));
  await product.app
    .get(HeldCalls)
    .approve(link?.id as ApprovalId, { by: { id: product.owner.user.id as UserId, name: 'Owner' } });
  await eventually(
    () => written('many'),
    (count) => count === 1,
  );
  const all = await Promise.all(Array.from({ length: 8 }, () => client.call('write', args)));
  expect(all.some(({ result }) => result?.structuredContent !== undefined)).toBe(true);
  expect(written('many')).toBe(1);
});
