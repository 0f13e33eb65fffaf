import { isLoopbackHost, isLoopbackPeer, isThisMachine } from './this-machine.js';

test.each([
  ['127.0.0.1', true],
  ['127.255.0.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:192.0.2.1', false],
  ['192.0.2.1', false],
  ['127.evil.example', false],
  [undefined, false],
])('the peer %s is on this machine: %s', (address, expected) => {
  expect(isLoopbackPeer(address)).toBe(expected);
});

test.each([
  ['localhost', true],
  ['LOCALHOST:8080', true],
  ['app.localhost:8080', true],
  ['127.0.0.1:8080', true],
  ['[::1]:8080', true],
  ['localhost.:80', true],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
  ['localhost@example.com', false],
  ['example.com/localhost', false],
  ['192.0.2.1', false],
  ['', false],
  [undefined, false],
])('the host %s is this machine: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});

test.each([
  ['127.0.0.1', { host: 'localhost:8080' }, true],
  ['192.0.2.1', { host: 'localhost:8080' }, false],
  ['127.0.0.1', { host: 'evil.example' }, false],
  ['127.0.0.1', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }, false],
  ['127.0.0.1', { host: 'localhost', 'x-forwarded-proto': 'https' }, false],
  ['127.0.0.1', { host: 'localhost', forwarded: 'for=127.0.0.1' }, false],
  ['127.0.0.1', { host: 'localhost', via: '1.1 proxy' }, false],
])('a request of %s with %j comes from this machine: %s', (remoteAddress, headers, expected) => {
  const request = { socket: { remoteAddress }, headers } as Parameters<typeof isThisMachine>[0];
  expect(isThisMachine(request)).toBe(expected);
});
