import { z } from 'zod';
import { startDemoHttp } from '../../../demo/http.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client } from '../support/client.js';
import { openSession, sayAndApprove } from '../support/main-job.js';
import type { Socket } from '../support/socket.js';

const Session = z.strictObject({
  id: z.string(),
  title: z.string(),
  server_id: z.string(),
  server_name: z.string(),
  model: z.string(),
  status: z.literal('open'),
  last_seq: z.int().positive(),
  pending_approvals: z.literal(0),
  forked_from: z
    .strictObject({ session_id: z.string(), title: z.string().nullable(), after_seq: z.int().positive() })
    .nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

describe('Forks of sessions', () => {
  let app: TestApp;
  let client: Client;
  let token: string;
  let upstream: Awaited<ReturnType<typeof startDemoHttp>>;
  let socket: Socket;
  let session: z.output<typeof Session>;
  const fork = (body?: unknown, as: string | undefined = token) =>
    client.call('POST', `/sessions/${session.id}/fork`, { token: as, body });

  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
    upstream = await startDemoHttp({ port: 0 });
    ({ socket, token } = await openSession(client, upstream.url));
    await sayAndApprove(socket, 'echo "good morning"');
    const list = z.object({ sessions: z.tuple([Session]) });
    [session] = (await client.expect(200, list, client.call('GET', '/sessions', { token }))).sessions;
  });
  afterAll(async () => {
    await socket.close();
    await upstream.close();
    await app.stop();
  });

  test('POST /sessions/{id}/fork answers the new session, with or without a body', async () => {
    expect(session.forked_from).toBeNull();
    const whole = await client.expect(201, Session, fork());
    expect(whole.forked_from).toEqual({ session_id: session.id, title: session.title, after_seq: session.last_seq });
    expect([whole.title, whole.server_id]).toEqual([`${session.title} (fork)`, session.server_id]);
    const early = await client.expect(201, Session, fork({ after_seq: 1 }));
    expect(early.forked_from?.after_seq).toBe(session.last_seq);
    const now = await client.expect(200, Session, client.call('GET', `/sessions/${early.id}`, { token }));
    expect(now).toEqual(early);
  });

  test('the document says of its body that it may be left out, as of no body that has no defaults', async () => {
    interface Operation {
      requestBody?: { required: boolean };
    }
    const document = (await (await fetch(`${app.url}/docs/client.json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
    };
    const optional = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.values(operations).flatMap(({ requestBody }) => (requestBody?.required === false ? [path] : [])),
    );
    expect(optional).toContain('/api/v1/sessions/{session_id}/fork');
    expect(optional).not.toContain('/api/v1/servers');
  });

  test('it refuses what cannot be told apart, is not there, or is not yours', async () => {
    await client.refuses(401, client.call('POST', `/sessions/${session.id}/fork`, { body: {} }));
    for (const body of [{ after_seq: 0 }, { after_seq: '1' }, { message_id: '' }, { at: 1 }, []]) {
      await client.refuses(400, fork(body));
    }
    await client.refuses(400, fork({ after_seq: 1, message_id: 'one' }));
    expect((await client.refuses(404, fork({ after_seq: 9_999 }))).code).toBe('EVENT_NOT_FOUND');
    expect((await client.refuses(404, fork({ message_id: 'one' }))).code).toBe('MESSAGE_NOT_FOUND');
    const { access_token } = await client.signIn();
    expect((await client.refuses(404, fork({}, access_token))).code).toBe('SESSION_NOT_FOUND');
  });
});
