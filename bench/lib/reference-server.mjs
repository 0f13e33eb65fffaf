import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';

/** Bare ws and bare socket.io, in a process of their own: what the carriers cost without us. */
const http = createServer();
const raw = new WebSocketServer({ noServer: true });
const io = new Server(http, { destroyUpgrade: false });
http.on('upgrade', (request, socket, head) => {
  if (request.url.startsWith('/socket.io/')) return;
  raw.handleUpgrade(request, socket, head, (ws) => {
    ws.on('message', (data) => {
      const { id } = JSON.parse(data);
      ws.send(JSON.stringify({ type: 'pong', payload: { in_reply_to: id } }));
    });
  });
});
io.on('connection', (socket) => {
  socket.onAny((type, payload, envelope) => socket.emit('pong', { in_reply_to: envelope.id }, {}));
});
http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}`));
