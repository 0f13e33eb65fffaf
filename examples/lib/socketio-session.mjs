import { io } from 'socket.io-client';
import { FrameQueue } from './frame-queue.mjs';

/** Over socket.io: `emit(type, payload)` both ways. */
export async function openSocketIoSession(origin, serverId, token) {
  const socket = io(`${origin}/ws/server/${serverId}`, { auth: { token }, transports: ['websocket'] });
  const queue = new FrameQueue();
  socket.onAny((type, payload, envelope) => queue.push({ ...envelope, type, payload }));
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return {
    send: (type, payload) => socket.emit(type, payload),
    next: (predicate) => queue.next(predicate),
    close: () => socket.close(),
  };
}
