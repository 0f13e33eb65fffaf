import { once } from 'node:events';
import { connect } from 'node:net';
import { percentile } from './measure.mjs';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** As Node writes what it is given, and as nginx writes it. */
const LENGTHS = ['content-length: ', 'Content-Length: '].map((name) => Buffer.from(name));
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');
const OK = Buffer.from('HTTP/1.1 200');

/** One request over and over. */
export const get = (url, headers, options) =>
  hammer(copies({ method: 'GET', url, headers, body: '' }, options), options);

export const post = (url, headers, body, options) => hammer(copies(posting({ url, headers, body }), options), options);

/** Each of them over and over on a connection of its own: `{url, headers, body}`. */
export const postEach = (requests, options) => hammer(requests.map(posting), options);

const copies = (request, { connections }) => Array.from({ length: connections }, () => request);

const posting = ({ url, headers, body }) => ({
  method: 'POST',
  url,
  headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  body,
});

/**
 * Clients that send one request after another, each on a connection of its own, in as few instructions as possible, so
 * that the server is what is measured, for so many seconds or calls. Throws at the first answer that is not 200.
 */
async function hammer(requests, { seconds = Infinity, calls = Infinity }) {
  const times = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  let left = calls - requests.length;
  await Promise.all(
    requests.map(async ({ method, url, headers, body }) => {
      const { hostname, port, pathname } = new URL(url);
      const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(
        ([name, value]) => `${name}: ${value}`,
      );
      const request = Buffer.from(`${method} ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      await once(socket, 'connect');
      await new Promise((resolve, reject) => {
        let sentAt = performance.now();
        let had = Buffer.alloc(0);
        socket.on('error', reject);
        socket.on('close', () => reject(new Error(`${url}: the server closed the connection.`)));
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
          if (at >= until || left <= 0) return resolve();
          left -= 1;
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

/** Answers have a `Content-Length`, or come in chunks. */
function isWhole(data) {
  const end = data.indexOf(END_OF_HEAD);
  if (end < 0) return false;
  const head = data.subarray(0, end + 2);
  const at = Math.max(...LENGTHS.map((name) => head.indexOf(name)));
  if (at < 0) return data.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  const from = at + LENGTHS[0].length;
  const length = Number.parseInt(data.toString('latin1', from, from + 12), 10);
  return data.length >= end + END_OF_HEAD.length + length;
}
