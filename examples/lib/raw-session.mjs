import { connectSession } from '../../dist/libs/session-protocol/src/client/index.js';
import { FrameQueue } from './frame-queue.mjs';

/** With the client of the session protocol, over the platform's own WebSocket. */
export async function openRawSession(origin, serverId, token) {
  const session = connectSession({ origin, serverId, token });
  const queue = new FrameQueue();
  session.onFrame((frame) => queue.push(frame));
  await session.ready;
  return {
    send: (type, payload) => session.send(type, payload),
    next: (predicate) => queue.next(predicate),
    close: () => session.close(),
  };
}
