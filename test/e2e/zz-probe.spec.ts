import { connect } from 'node:net';
import { io } from 'socket.io-client';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const talk = (head: string): Promise<string> =>
  new Promise((resolve) => {
    const { port } = new URL(app.url);
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(head));
    let text = '';
    socket.on('data', (data) => { text += data.toString(); socket.end(); });
    socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''));
    socket.on('error', () => resolve('error'));
    setTimeout(() => { socket.destroy(); }, 2000);
  });
const UP = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

test.each(['//', '///', 'http://', 'http://[', '*', '/ws/server/%', '/ws/server/%E0%A4%A', '//[', '/socket.io/?EIO=4&transport=websocket&x=%', 'x', '/a/../socket.io/?EIO=4', '/socket.io/x', '/socket.io/?EIO=4&transport=polling', '/socket.io/?EIO=3&transport=websocket&sid=abc'])('upgrade %s', async (path) => {
  console.log(path, await talk(`GET ${path} HTTP/1.1\r\n${UP}`), await talk(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`), (await app.api('GET', '/api/v1/healthz')).status);
});
test('root ns', async () => {
  const s = io(app.url, { transports: ['websocket'], forceNew: true, reconnection: false });
  const r = await new Promise((resolve) => { s.on('connect', () => resolve('connected')); s.on('connect_error', (e) => resolve(e.message)); });
  console.log('root', r);
  s.close();
  const s2 = io(app.url + '/ws/other', { transports: ['websocket'], forceNew: true, reconnection: false });
  console.log('other', await new Promise((resolve) => { s2.on('connect', () => resolve('connected')); s2.on('connect_error', (e) => resolve(e.message)); }));
  s2.close();
});
