import { FrameQueue } from './frame-queue.mjs';

/** Over the platform's own WebSocket: frames `{type, payload}`. */
export async function openRawSession(origin, serverId, token) {
  const url = `${origin.replace(/^http/, 'ws')}/ws/server/${serverId}?token=${token}`;
  const socket = new WebSocket(url);
  const queue = new FrameQueue();
  socket.addEventListener('message', ({ data }) => queue.push(JSON.parse(data)));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error('The socket did not open.')), { once: true });
  });
  return {
    send: (type, payload) => socket.send(JSON.stringify({ type, payload })),
    next: (predicate) => queue.next(predicate),
    close: () => socket.close(),
  };
}
