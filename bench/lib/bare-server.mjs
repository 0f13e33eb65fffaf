import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';

/**
 * Bare ws and bare socket.io: an echo, and when the benchmark asks a message to all. No rules, no log, no people.
 */
const http = createServer();
const raw = new WebSocketServer({ noServer: true });
const io = new Server(http, { destroyUpgrade: false, serveClient: false });
http.on('upgrade', (request, socket, head) => {
  if (request.url.startsWith('/socket.io/')) return;
  raw.handleUpgrade(request, socket, head, (client) => {
    client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
  });
});
io.on('connection', (socket) => {
  socket.onAny((type, payload, envelope) => socket.emit('pong', payload, envelope));
});
http.listen(0, '127.0.0.1', () => console.log(`Bare http://127.0.0.1:${http.address().port}`));

process.on('message', ({ say }) => {
  if (!say) return;
  const at = performance.timeOrigin + performance.now();
  const envelope = { v: 1, id: `evt_${'0'.repeat(32)}`, seq: 1, ts: new Date().toISOString(), session_id: say.session };
  io.emit('chat_message', { message_id: say.mark, role: 'user', text: 'x'.repeat(say.bytes) }, envelope);
  process.send({ at });
});
