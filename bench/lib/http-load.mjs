import { once } from 'node:events';
import { connect } from 'node:net';
import { percentile } from './measure.mjs';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('content-length: ');
const OK = Buffer.from('HTTP/1.1 200');

/** One request over and over. */
export const get = (url, headers, options) => hammer('GET', url, headers, '', options);

export const post = (url, headers, body, options) =>
  hammer(
    'POST',
    url,
    { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    body,
    options,
  );

/**
 * `connections` clients that send one request after another, each on a connection of its own, in as few instructions as
 * possible, so that the server is what is measured. Throws at the first answer that is not 200.
 */
async function hammer(method, url, headers, body, { connections, seconds }) {
  const { hostname, port, pathname } = new URL(url);
  const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const request = Buffer.from(`${method} ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  const times = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      await once(socket, 'connect');
      await new Promise((resolve, reject) => {
        let sentAt = performance.now();
        let had = Buffer.alloc(0);
        socket.on('error', reject);
        socket.on('close', () => reject(new Error('The server closed the connection.')));
        socket.on('data', (chunk) => {
          const data = had.length === 0 ? chunk : Buffer.concat([had, chunk]);
          if (!isWhole(data)) {
            had = data;
            return;
          }
          had = Buffer.alloc(0);
          if (!data.subarray(0, OK.length).equals(OK)) return reject(new Error(`An answer: ${data.toString()}`));
          const at = performance.now();
          times.push(at - sentAt);
          if (at >= until) return resolve();
          sentAt = at;
          socket.write(request);
        });
        socket.write(request);
      });
      socket.destroy();
    }),
  );
  const elapsed = (performance.now() - started) / 1000;
  return {
    answered: times.length,
    perSecond: times.length / elapsed,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}

/** Answers have a `Content-Length`, in lower case as Node writes what it is given. */
function isWhole(data) {
  const end = data.indexOf(END_OF_HEAD);
  if (end < 0) return false;
  const at = data.indexOf(LENGTH);
  const length = Number.parseInt(data.toString('latin1', at + LENGTH.length, at + LENGTH.length + 12), 10);
  return data.length >= end + END_OF_HEAD.length + length;
}
