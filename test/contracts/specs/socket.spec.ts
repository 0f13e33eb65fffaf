import { type DemoHttp, startDemoHttp } from '../../../demo/http.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { McpServer } from '../support/document.js';
import { Socket } from '../support/socket.js';

const READ = '/call echo {"message": "one"}';

chapter('socket', 'WebSocket', (holds) => {
  let app: TestApp;
  let client: Client;
  let demo: DemoHttp;
  let token: string;
  const open: Socket[] = [];

  beforeAll(async () => {
    demo = await startDemoHttp({ port: 0 });
    app = await startTestApp();
    client = new Client(app.url);
    token = (await client.signIn()).access_token;
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((socket) => socket.close()));
  });

  afterAll(async () => {
    await app.stop();
    await demo.close();
  });

  let count = 0;
  /** Registered and seen to answer. */
  const register = async () => {
    count += 1;
    const body = { name: `Demo ${count}`, url: demo.url, auth_method: 'none' };
    const { id } = await client.expect(201, McpServer, client.call('POST', '/servers', { token, body }));
    expect(await client.call('GET', `/servers/${id}/status`, { token })).toMatchObject({ body: { status: 'online' } });
    return id;
  };
  const connect = async (path: string, bearer?: string) => {
    const socket = await Socket.open(app.url, path, bearer);
    open.push(socket);
    return socket;
  };
  const connected = async () => connect(`/ws/server/${await register()}`, token);
  const say = async (text: string) => {
    const socket = await connected();
    socket.send('chat_message', { text });
    return socket;
  };

  const AUTH = 'Endpoints, WebSocket /ws/server/{server_id}';
  holds(AUTH, 'WebSocket /ws/server/{server_id} with the token in the Authorization header', async () => {
    const socket = await connect(`/ws/server/${await register()}`, token);
    await socket.message('connection_status');
  });
  holds(AUTH, 'WebSocket /ws/server/{server_id}?token=', async () => {
    const socket = await connect(`/ws/server/${await register()}?token=${token}`);
    await socket.message('connection_status');
  });
  holds(AUTH, 'WebSocket /ws/server/{server_id} below the base URL too', async () => {
    const socket = await connect(`/api/v1/ws/server/${await register()}`, token);
    await socket.message('connection_status');
  });
  holds(AUTH, 'WebSocket /ws/server/{server_id} without a valid token is closed', async () => {
    const id = await register();
    for (const path of [`/ws/server/${id}`, `/ws/server/${id}?token=wrong`]) {
      const socket = await connect(path);
      expect(await socket.closed()).toBe(4401);
      expect(socket.frames.map(({ type }) => type)).toEqual(['error']);
    }
  });
  holds(AUTH, 'WebSocket /ws/server/{server_id} of another user is closed', async () => {
    const stranger = (await client.signIn()).access_token;
    const socket = await connect(`/ws/server/${await register()}`, stranger);
    expect(await socket.closed()).toBe(4404);
  });

  const IN = 'WebSocket Messages, Client-to-Server';
  holds(IN, 'chat_message {text} as printed is answered by the agent', async () => {
    const socket = await say('Analyze the latest user signups.');
    await socket.message('chat_message', ({ sender }) => sender === 'AGENT');
  });
  holds(IN, 'approve_task {node_id: "node1"} as printed runs the first task of a session', async () => {
    const socket = await say(READ);
    await socket.message('task_graph_proposal');
    socket.send('approve_task', { node_id: 'node1' });
    await socket.frame('task_update', ({ node_id, status }) => node_id === 'node1' && status === 'succeeded');
  });
  holds(IN, 'approve_task of a task that there is not is an error, and the socket stays open', async () => {
    const socket = await connected();
    socket.send('approve_task', { node_id: 'node99' });
    await socket.frame('error');
    socket.send('chat_message', { text: READ });
    await socket.message('task_graph_proposal');
  });

  const OUT = 'WebSocket Messages, Server-to-Client';
  holds(OUT, 'connection_status comes first, with latency, model and memory', async () => {
    const { memory } = await (await connected()).message('connection_status');
    expect(memory.total).toBeGreaterThan(0);
  });
  holds(OUT, 'chat_message comes from USER and AGENT, with sender, text and timestamp', async () => {
    const socket = await say(READ);
    const { text } = await socket.message('chat_message', ({ sender }) => sender === 'USER');
    expect(text).toBe(READ);
    await socket.message('chat_message', ({ sender }) => sender === 'AGENT');
  });
  holds(OUT, 'task_graph_proposal has nodes with all fields, and depends_on of nodes before it', async () => {
    const socket = await say('Analyze the latest user signups.');
    const { nodes } = await socket.message('task_graph_proposal');
    const ids = nodes.map(({ id }) => id);
    const named = nodes.flatMap(({ depends_on = [] }) => depends_on);
    expect(named.length).toBeGreaterThan(0);
    expect(ids).toEqual(expect.arrayContaining(named));
    expect(ids[0]).toMatch(/^node\d+$/);
  });
  holds(OUT, 'log_entry has timestamp, level and message', async () => {
    const socket = await say('/call query_signups {"days": 3}');
    const [node] = (await socket.message('task_graph_proposal')).nodes;
    socket.send('approve_task', { node_id: node?.id });
    const { level } = await socket.message('log_entry');
    expect(level).toBe('info');
  });
  holds(OUT, 'artifact_generated has name, url, content_type and size, and the url gives the file', async () => {
    const socket = await say('/call make_image {}');
    const [node] = (await socket.message('task_graph_proposal')).nodes;
    socket.send('approve_task', { node_id: node?.id });
    const { url, size, content_type } = await socket.message('artifact_generated');
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(app.url + url, { headers, signal: AbortSignal.timeout(10_000) });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, content_type]);
    expect((await response.arrayBuffer()).byteLength).toBe(size);
    expect((await fetch(app.url + url)).status).toBe(401);
  });
  holds(OUT, 'a client that ignores all that the document does not print still gets the printed order', async () => {
    const socket = await say(READ);
    const [node] = (await socket.message('task_graph_proposal')).nodes;
    socket.send('approve_task', { node_id: node?.id });
    await socket.frame('turn_finished');
    const printed = socket.frames.filter(({ type }) =>
      ['connection_status', 'chat_message', 'task_graph_proposal'].includes(type),
    );
    const order = printed.map(({ type, payload }) =>
      payload.sender === undefined ? type : `${type} ${payload.sender as string}`,
    );
    expect([...new Set(order)]).toEqual([
      'connection_status',
      'chat_message USER',
      'chat_message AGENT',
      'task_graph_proposal',
    ]);
  });
});
