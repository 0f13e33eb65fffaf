import { RawBench, reply, until } from '../test-support/raw-server.js';
import { readDestination } from './index.js';

const bench = new RawBench();

describe('a request', () => {
  it('is written as HTTP/1.1 asks, with the headers that were given', async () => {
    await bench.send({ body: 'hällo ✓', extra: ['x-more', 'a b'] });
    await bench.send({ body: 'hello' });
    await bench.send({ method: 'GET' });
    await bench.send({ method: 'DELETE' });
    const host = bench.server.origin.replace('http://', '');
    const lines = (method: string) =>
      `${method} /a?b=c HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\ncontent-type: text/plain\r\n`;
    const [first = '', ...rest] = bench.server.requests;
    expect(first).toBe(`${lines('POST')}x-more: a b\r\ncontent-length: 10\r\n\r\nhällo ✓`);
    expect(rest).toEqual([
      `${lines('POST')}content-length: 5\r\n\r\nhello`,
      `${lines('GET')}\r\n`,
      `${lines('DELETE')}\r\n`,
    ]);
  });

  it.each([
    ['x', 'a\r\nhost: evil'],
    ['x', 'a\nb'],
    ['x', 'a\0'],
    ['x', 'snow ☃'],
    ['x\r\ny', 'a'],
    ['x y', 'a'],
    ['', 'a'],
    ['Host', 'evil.test'],
    ['Content-Length', '0'],
    ['Transfer-Encoding', 'chunked'],
    ['connection', 'upgrade'],
  ])('with the header %j: %j is not sent', async (name, value) => {
    let left = false;
    const leaving = () => void (left = true);
    await expect(bench.send({ headers: [name, value] }, { leaving })).rejects.toMatchObject({
      code: 'UND_ERR_INVALID_ARG',
    });
    await expect(bench.send({ extra: [name, value] }, { leaving })).rejects.toMatchObject({
      code: 'UND_ERR_INVALID_ARG',
    });
    expect(left).toBe(false);
    expect(bench.server.sockets).toEqual([]);
  });

  it('says nothing of a value that it refuses', async () => {
    const refused: unknown = await bench
      .send({ headers: ['authorization', 'secret\n'] })
      .catch((error: unknown) => error);
    expect(String(refused)).not.toContain('secret');
  });

  it('keeps its code where nothing listens, and its refusal where nothing may be called', async () => {
    const { origin } = bench.server;
    await bench.server.close();
    await expect(bench.send({ destination: readDestination(origin) })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const inner = readDestination('http://10.0.0.1/');
    await expect(bench.send({ destination: inner })).rejects.toMatchObject({ code: 'EGRESS_ADDRESS' });
  });

  it('follows a redirect with its method and body, past the page of the redirect', async () => {
    bench.server.answer = (socket, request) => {
      const moved = reply('a page', 'location: /there\r\n', '307 Moved');
      socket.write(request.startsWith('POST /a') ? moved : reply(request.split(' ')[1] ?? ''));
    };
    await expect(bench.send({ body: 'x' })).resolves.toEqual({ status: 200, body: '/there' });
    expect(bench.server.requests[1]).toMatch(/^POST \/there [^]*\r\n\r\nx$/);
  });

  it.each([
    ['another method', '303 See Other', '/there'],
    ['another origin', '307 Moved', 'http://127.0.0.2/'],
    ['itself', '308 Moved', '/a'],
  ])('is refused a redirect to %s', async (_what, status, location) => {
    bench.server.answer = (socket) => void socket.write(reply('', `location: ${location}\r\n`, status));
    await expect(bench.send({ body: 'x' })).rejects.toMatchObject({ code: 'EGRESS_REDIRECT' });
  });
});

describe('an answer', () => {
  it('may come byte by byte', async () => {
    bench.server.answer = (socket) => {
      const bytes = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`;
      let at = 0;
      const drip = () => {
        socket.write(bytes[at++] ?? '');
        if (at < bytes.length) setImmediate(drip);
      };
      drip();
    };
    await expect(bench.send()).resolves.toEqual({ status: 200, body: 'ok' });
  });

  it.each<[string, string, string]>([
    ['that is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'HPE_INVALID_CONSTANT'],
    [
      'whose chunks are wrong',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
      'HPE_INVALID_CHUNK_SIZE',
    ],
    [
      'of two lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 9\r\n\r\nok',
      'HPE_INVALID_CONTENT_LENGTH',
    ],
    ['whose head does not end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}`, 'UND_ERR_HEADERS_OVERFLOW'],
    [
      'whose chunk line does not end',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;${'a'.repeat(100_000)}`,
      'UND_ERR_HEADERS_OVERFLOW',
    ],
  ])('%s fails with its code and its connection', async (_what, bytes, code) => {
    bench.server.answer = (socket) => void socket.write(bytes);
    await expect(bench.send()).rejects.toMatchObject({ code });
    await until(() => bench.server.open === 0);
  });

  it.each([
    ['before its first byte', ''],
    ['within the head', 'HTTP/1.1 200 OK\r\nconten'],
    ['within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'],
    ['within the chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nok'],
  ])('that is cut off %s fails, once', async (_what, bytes) => {
    bench.server.answer = (socket) => void socket.end(bytes);
    const failed: unknown[] = [];
    await new Promise<void>((resolve) => {
      void bench.send({}, { failed: (error) => resolve(void failed.push(error)), ended: () => failed.push('ended') });
    });
    await until(() => bench.server.open === 0);
    expect(failed).toMatchObject([{ code: 'UND_ERR_SOCKET', message: 'other side closed' }]);
  });
});
