import { connect } from 'node:net';

/** Sends bytes as they are and reads until the server closes or `until` is seen. */
export async function sendRaw(url: string, bytes: string, until?: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
  socket.setEncoding('latin1');
  socket.setTimeout(10_000, () => socket.destroy(new Error('The server said nothing for ten seconds.')));
  socket.write(bytes);
  let answer = '';
  try {
    for await (const chunk of socket) {
      answer += String(chunk);
      if (until !== undefined && answer.includes(until)) break;
    }
  } finally {
    socket.destroy();
  }
  return answer;
}
