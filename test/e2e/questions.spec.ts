import { TRANSPORTS } from '../support/session-clients.js';
import { becomes, ended, isError, proposeOne, type Scene, settled, startScene } from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.stop());

describe.each(TRANSPORTS)('over $name', (transport) => {
  /** A call that has asked its question. */
  const asked = async () => {
    const client = await scene.join(transport);
    const { node } = await proposeOne(client, 'ask');
    client.send('approve_task', { node_id: node });
    const { payload } = await client.next('input_request');
    return { client, node, request: payload, id: String(payload.request_id) };
  };

  test('a question of a tool is a form, and its answer reaches the tool', async () => {
    const { client, node, request, id } = await asked();
    expect(request).toMatchObject({
      node_id: node,
      kind: 'form',
      message: 'Who are you?',
      server_name: 'Scripted',
      schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    });
    client.send('input_response', { request_id: id, action: 'accept', content: { name: 'Ada' } });
    await client.next(({ type, payload }) => type === 'input_resolved' && payload.action === 'accept');
    const { payload } = await client.next(becomes(node, 'succeeded'));
    expect(payload.result).toMatchObject({ preview: 'Hello, Ada.' });
  });

  test.each(['decline', 'cancel'] as const)('a %s reaches the tool as just that', async (action) => {
    const { client, node, id } = await asked();
    client.send('input_response', { request_id: id, action });
    const { payload } = await client.next(becomes(node, 'succeeded'));
    expect(payload.result).toMatchObject({ preview: `No name: ${action}.` });
  });

  test('an answer that does not fit the form is refused, and the question stays open', async () => {
    const { client, node, id } = await asked();
    client.send('input_response', { request_id: id, action: 'accept', content: { name: 'A' } }, { id: 'short' });
    expect(String((await client.next(isError('INVALID_ARGUMENTS', 'short'))).payload.message)).toContain('/name');
    client.send('input_response', { request_id: id, action: 'accept' }, { id: 'empty' });
    await client.next(isError('INVALID_ARGUMENTS', 'empty'));
    client.send('input_response', { request_id: id, action: 'accept', content: { name: 'Ada', age: 36 } });
    await client.next(becomes(node, 'succeeded'));
  });

  test('an open question comes back after a reconnect and can be answered there', async () => {
    const { client, node, id } = await asked();
    client.cut();
    await client.closed;
    const back = await scene.join(transport, { session: client.session, after: client.seqs.at(-1) ?? 0 });
    expect(back.frames.at(-1)?.payload.questions).toMatchObject([{ request_id: id, message: 'Who are you?' }]);
    back.send('input_response', { request_id: id, action: 'accept', content: { name: 'Grace' } });
    expect((await back.next(becomes(node, 'succeeded'))).payload.result).toMatchObject({ preview: 'Hello, Grace.' });
    const later = await scene.join(transport, { session: client.session });
    // The end of the turn may have come after the snapshot.
    expect(later.frames.find(({ type }) => type === 'session_snapshot')?.payload.questions).toEqual([]);
  });

  test('the first answer stands', async () => {
    const { client, node, id } = await asked();
    const other = await scene.join(transport, { session: client.session });
    client.send('input_response', { request_id: id, action: 'accept', content: { name: 'First' } });
    await other.next('input_resolved');
    other.send('input_response', { request_id: id, action: 'accept', content: { name: 'Second' } }, { id: 'late' });
    await other.next(isError('QUESTION_NOT_FOUND', 'late'));
    expect((await client.next(becomes(node, 'succeeded'))).payload.result).toMatchObject({ preview: 'Hello, First.' });
  });

  test('a question of another session cannot be answered', async () => {
    const { client, id } = await asked();
    const stranger = await scene.join(transport);
    stranger.send('input_response', { request_id: id, action: 'decline' }, { id: 's' });
    await stranger.next(isError('QUESTION_NOT_FOUND', 's'));
    await settled(client);
    expect(client.frames.some(({ type }) => type === 'input_resolved')).toBe(false);
    client.send('input_response', { request_id: id, action: 'cancel' });
    await client.next(ended('done'));
  });

  test('a stop closes the question with its call', async () => {
    const { client, node, id } = await asked();
    client.send('stop', {});
    await client.seen(becomes(node, 'cancelled'));
    const { payload } = await client.seen('input_resolved');
    expect(payload).toMatchObject({ request_id: id, action: 'expired' });
    client.send('input_response', { request_id: id, action: 'decline' }, { id: 'late' });
    await client.next(isError('QUESTION_NOT_FOUND', 'late'));
  });
});
