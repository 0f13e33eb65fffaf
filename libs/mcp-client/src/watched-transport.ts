import type { Transport } from '@modelcontextprotocol/client';

/** Marks the error that stands for an answer that never came. */
export const STREAM_ENDED = Object.freeze({ streamEnded: true });

const STREAM_ENDED_CODE = -32099;

/**
 * Makes a transport tell two things that the SDK keeps to itself: that the stream of a request ended without its
 * answer (the request then fails at once instead of at its deadline), and when the last notification has left.
 */
export function watch(transport: Transport): { notificationsLeft(): Promise<void> } {
  const leaving = new Set<Promise<void>>();
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    if (!('method' in message)) return send(message, options);
    if (!('id' in message)) {
      const left = send(message, options);
      const settled = left.catch(() => undefined).finally(() => leaving.delete(settled));
      leaving.add(settled);
      return left;
    }
    const { id } = message;
    const onRequestStreamEnd = () => {
      options?.onRequestStreamEnd?.();
      const error = { code: STREAM_ENDED_CODE, message: 'The stream ended without an answer.', data: STREAM_ENDED };
      // Nobody waits for this id any more if the answer came.
      transport.onmessage?.({ jsonrpc: '2.0', id, error });
    };
    return send(message, { ...options, onRequestStreamEnd });
  };
  return { notificationsLeft: async () => void (await Promise.all(leaving)) };
}
