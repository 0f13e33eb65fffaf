import { startDemoHttp } from '../../../demo/http.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { download, openSession, previewOf, sayAndApprove } from '../support/main-job.js';
import { type Socket } from '../support/socket.js';
import { type Everything, startEverything } from '../../support/upstreams/everything.js';

const SECTION = 'Main job, over the whole document';

chapter('main-job', 'The main job', (holds) => {
  let app: TestApp;
  let client: Client;

  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
  });

  afterAll(() => app.stop());

  const SERVERS: { name: string; start: () => Promise<Everything> }[] = [
    { name: 'the demo server', start: () => startDemoHttp({ port: 0 }) },
    { name: '@modelcontextprotocol/server-everything over Streamable HTTP', start: startEverything },
  ];

  describe.each(SERVERS)('on $name', ({ name, start }) => {
    let upstream: Everything;
    let socket: Socket;
    let token: string;

    beforeAll(async () => {
      upstream = await start();
      ({ socket, token } = await openSession(client, upstream.url));
    });

    afterAll(async () => {
      await socket.close();
      await upstream.close();
    });

    holds(SECTION, `${name}: sign in, test, register, status, session, /call echo, approve, result`, async () => {
      const [node] = await sayAndApprove(socket, '/call echo {"message": "hello there"}');
      expect(await previewOf(socket, node?.id ?? '')).toContain('hello there');
    });

    holds(SECTION, `${name}: words become a task graph, which is approved and answered`, async () => {
      const [node] = await sayAndApprove(socket, 'echo "good morning"');
      expect(await previewOf(socket, node?.id ?? '')).toContain('good morning');
      await socket.message('chat_message', ({ sender, text }) => sender === 'AGENT' && String(text).length > 0);
    });

    const imageTool = name.startsWith('the demo') ? 'make_image' : 'get-tiny-image';
    holds(SECTION, `${name}: a tool's file becomes an artifact that is downloaded`, async () => {
      await sayAndApprove(socket, `/call ${imageTool} {}`);
      const artifact = await socket.message('artifact_generated');
      const bytes = await download(client, token, artifact);
      expect(artifact.content_type).toBe('image/png');
      expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
    });
  });

  holds(SECTION, 'the demo server: the printed message gives a graph, and its approval gives reports', async () => {
    const demo = await startDemoHttp({ port: 0 });
    const { socket, token } = await openSession(client, demo.url);
    try {
      const nodes = await sayAndApprove(socket, 'Analyze the latest user signups.');
      expect(nodes.length).toBeGreaterThanOrEqual(4);
      const report = await socket.message(
        'artifact_generated',
        (payload) => payload.content_type === 'application/pdf',
      );
      expect((await download(client, token, report)).subarray(0, 5).toString('latin1')).toBe('%PDF-');
    } finally {
      await socket.close();
      await demo.close();
    }
  });
});
