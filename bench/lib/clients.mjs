import { io } from 'socket.io-client';
import WebSocket from 'ws';

/** Each gives a function that sends a `ping` and waits for its `pong`, and one that closes. */
export async function rawClient(url) {
  const socket = new WebSocket(url);
  const waiting = new Map();
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(data);
    if (type === 'pong') waiting.get(payload.in_reply_to)?.();
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  let count = 0;
  const roundTrip = () =>
    new Promise((resolve) => {
      const id = `p${(count += 1)}`;
      waiting.set(id, () => {
        waiting.delete(id);
        resolve();
      });
      socket.send(JSON.stringify({ type: 'ping', payload: {}, id }));
    });
  return { roundTrip, close: () => socket.terminate() };
}

export async function socketIoClient(url, auth) {
  const socket = io(url, { auth, transports: ['websocket'], forceNew: true });
  const waiting = new Map();
  socket.on('pong', (payload) => waiting.get(payload.in_reply_to)?.());
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  let count = 0;
  const roundTrip = () =>
    new Promise((resolve) => {
      const id = `p${(count += 1)}`;
      waiting.set(id, () => {
        waiting.delete(id);
        resolve();
      });
      socket.emit('ping', {}, { id });
    });
  return { roundTrip, close: () => socket.close() };
}
