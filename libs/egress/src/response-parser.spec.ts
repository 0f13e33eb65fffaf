import fc from 'fast-check';
import type { ResponseHeaders } from './response-head.js';
import { MAX_HEAD_BYTES, ResponseParser } from './response-parser.js';

interface Outcome {
  status: number | undefined;
  headers: ResponseHeaders;
  body: string;
  end: 'over' | 'cut off' | 'malformed' | 'too much';
  persistent: boolean;
}

/** What a parser makes of bytes that come in these pieces, after which the connection ends. */
function parse(pieces: readonly Buffer[]): Outcome {
  let status: number | undefined;
  let headers: ResponseHeaders = {};
  let body = '';
  const parser = new ResponseParser({
    answered: (...head) => ([status, headers] = head),
    received: (chunk) => (body += chunk.toString('latin1')),
  });
  const outcome = (end: Outcome['end'], persistent = false): Outcome => ({
    status,
    headers: { ...headers },
    body,
    end,
    persistent,
  });
  try {
    const last = pieces.findIndex((piece) => parser.push(piece));
    if (last < 0) return outcome(parser.finish() ? 'over' : 'cut off');
    // Whoever owns the connection closes it for what comes between two answers.
    const more = pieces.slice(last + 1).some((piece) => piece.length > 0);
    return outcome('over', parser.persistent && !more);
  } catch (error) {
    const { code } = error as { code: string };
    if (code === 'UND_ERR_HEADERS_OVERFLOW') return outcome('too much');
    expect(code).toMatch(/^HPE_/);
    return outcome('malformed');
  }
}

const whole = (text: string) => parse([Buffer.from(text, 'latin1')]);
const OK = 'HTTP/1.1 200 OK\r\n';

describe('a response', () => {
  it.each<[string, string, Partial<Outcome>]>([
    ['of a length', `${OK}Content-Length: 2\r\n\r\nhi`, { body: 'hi', persistent: true }],
    ['of no length', `${OK}content-length: 0\r\n\r\n`, { body: '', persistent: true }],
    ['that lasts to the end', `${OK}\r\nhi`, { body: 'hi', persistent: false }],
    ['without a reason', 'HTTP/1.1 200\r\ncontent-length:0\r\n\r\n', { status: 200, persistent: true }],
    [
      'in chunks',
      `${OK}transfer-encoding: Chunked\r\n\r\n2\r\nhi\r\nA\r\n0123456789\r\n0\r\n\r\n`,
      { body: 'hi0123456789', persistent: true },
    ],
    [
      'with extensions',
      `${OK}transfer-encoding: chunked\r\n\r\n2;a=b;c="d"\r\nhi\r\n0;e\r\n\r\n`,
      { body: 'hi', persistent: true },
    ],
    [
      'with trailers',
      `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nA: b\r\nC: d\r\n\r\n`,
      { body: 'hi', persistent: true },
    ],
    [
      'with a length beside chunks',
      `${OK}content-length: 9\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
      { body: 'hi', persistent: false },
    ],
    ['of 204', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, persistent: true }],
    [
      'of 304 that tells a length',
      'HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n',
      { status: 304, persistent: true },
    ],
    [
      'of 204 that announces a body',
      'HTTP/1.1 204 No Content\r\ncontent-length: 7\r\n\r\n',
      { status: 204, persistent: false },
    ],
    [
      'of HTTP/1.0',
      'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nhi',
      { body: 'hi', persistent: false },
    ],
    ['before a close', `${OK}connection: TE, Close\r\ncontent-length: 2\r\n\r\nhi`, { body: 'hi', persistent: false }],
    [
      'after some that say to wait',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n${OK}content-length: 2\r\n\r\nhi`,
      { status: 200, body: 'hi', persistent: true },
    ],
    [
      'with another behind it',
      `${OK}content-length: 2\r\n\r\nhi${OK}content-length: 4\r\n\r\nevil`,
      { body: 'hi', persistent: false },
    ],
    ['with odd names', `${OK}Constructor: a\r\n__proto__: b\r\ncontent-length: 0\r\n\r\n`, { persistent: true }],
  ])('%s is read', (_what, text, expected) => {
    expect(whole(text)).toMatchObject({ status: 200, end: 'over', ...expected });
  });

  it('has names in lower case, values without the space around them, and lines of one name joined', () => {
    const { headers } = whole(
      `${OK}X-A: \t b c \t\r\nSet-Cookie: s=1\r\nx-a:d\r\nX-\xc3: no\r\n\r\n`.replace('X-\xc3: no\r\n', 'X-Empty:\r\n'),
    );
    expect(headers).toEqual({ 'x-a': 'b c, d', 'x-empty': '' });
  });

  it.each<[string, string]>([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['two digits of a status', 'HTTP/1.1 20\r\n\r\n'],
    ['four digits of a status', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 042 OK\r\n\r\n'],
    ['a signed status', 'HTTP/1.1 +20 OK\r\n\r\n'],
    ['another protocol from now on', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['space before the colon', `${OK}content-length : 2\r\n\r\nhi`],
    ['no name', `${OK}: 2\r\n\r\n`],
    ['no colon', `${OK}content-length\r\n\r\n`],
    ['a folded line', `${OK}a: b\r\n c\r\n\r\n`],
    ['a lone CR', `${OK}a: b\rc: d\r\n\r\n`],
    ['a lone LF', `${OK}a: b\nc: d\r\n\r\n`],
    ['only LF', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nhi'],
    ['NUL', `${OK}a: b\0\r\n\r\n`],
    ['NUL in a cookie', `${OK}set-cookie: b\0\r\n\r\n`],
    ['two lengths', `${OK}content-length: 2\r\ncontent-length: 2\r\n\r\nhi`],
    ['a list of lengths', `${OK}content-length: 2, 2\r\n\r\nhi`],
    ['a signed length', `${OK}content-length: +2\r\n\r\nhi`],
    ['a length of hexadecimal digits', `${OK}content-length: 0x2\r\n\r\nhi`],
    ['an empty length', `${OK}content-length:\r\n\r\nhi`],
    ['an endless length', `${OK}content-length: 99999999999999999999\r\n\r\nhi`],
    ['a malformed length beside chunks', `${OK}content-length: -1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['another coding', `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['chunked twice', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunks without a size', `${OK}transfer-encoding: chunked\r\n\r\n\r\nhi\r\n0\r\n\r\n`],
    ['a chunk of no number', `${OK}transfer-encoding: chunked\r\n\r\nxyz\r\nhi`],
    ['a chunk of a signed size', `${OK}transfer-encoding: chunked\r\n\r\n-2\r\nhi`],
    ['a chunk of an endless size', `${OK}transfer-encoding: chunked\r\n\r\n${'0'.repeat(14)}`],
    ['a chunk with space after its size', `${OK}transfer-encoding: chunked\r\n\r\n2 \r\nhi\r\n0\r\n\r\n`],
    ['a chunk that is longer than it says', `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhid\r\n0\r\n\r\n`],
    ['a chunk line that ends in LF', `${OK}transfer-encoding: chunked\r\n\r\n2\nhi\r\n0\r\n\r\n`],
    ['a CR within an extension', `${OK}transfer-encoding: chunked\r\n\r\n2;a\rb\r\nhi\r\n0\r\n\r\n`],
    ['a folded trailer', `${OK}transfer-encoding: chunked\r\n\r\n0\r\n a: b\r\n\r\n`],
    ['a trailer that ends in LF', `${OK}transfer-encoding: chunked\r\n\r\n0\r\na: b\n\r\n`],
  ])('with %s is refused', (_what, text) => {
    expect(whole(text).end).toBe('malformed');
    expect(parse([...Buffer.from(text, 'latin1')].map((byte) => Buffer.from([byte]))).end).toBe('malformed');
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['half a head', `${OK}content-le`],
    ['half a body', `${OK}content-length: 3\r\n\r\nhi`],
    ['chunks without the last', `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n`],
    ['chunks without their last line', `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n`],
    ['only word to wait', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('that is %s is cut off', (_what, text) => {
    expect(whole(text).end).toBe('cut off');
  });

  it.each<[string, string]>([
    ['a head', `${OK}a: ${'x'.repeat(MAX_HEAD_BYTES)}\r\n\r\n`],
    ['a head that does not end', `${OK}${'a: b\r\n'.repeat(MAX_HEAD_BYTES / 6)}`],
    ['words to wait', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000)],
    ['an extension', `${OK}transfer-encoding: chunked\r\n\r\n2;${'x'.repeat(MAX_HEAD_BYTES + 1)}`],
    ['extensions', `${OK}transfer-encoding: chunked\r\n\r\n${`1;${'x'.repeat(100)}\r\n.\r\n`.repeat(200)}`],
    ['trailers', `${OK}transfer-encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(MAX_HEAD_BYTES / 4)}`],
  ])('with too much of %s is refused', (_what, text) => {
    expect(whole(text).end).toBe('too much');
    expect(parse(text.match(/[^]{1,7}/g)?.map((piece) => Buffer.from(piece, 'latin1')) ?? []).end).toBe('too much');
  });

  it('may have a head of just as much as is accepted', () => {
    const fill = MAX_HEAD_BYTES - `${OK}content-length: 2\r\na: `.length;
    const text = `${OK}content-length: 2\r\na: ${'x'.repeat(fill)}\r\n\r\nhi`;
    expect(whole(text)).toMatchObject({ end: 'over', body: 'hi' });
    expect(parse([Buffer.from(text.slice(0, 100)), Buffer.from(text.slice(100))]).end).toBe('over');
    expect(whole(text.replace('a: x', 'a: xx')).end).toBe('too much');
  });
});

const field = fc.tuple(fc.stringMatching(/^[A-Za-z-]{1,12}$/), fc.stringMatching(/^[ -~]{0,20}$/));
const plain = field.filter(([name]) => !/^(content-length|transfer-encoding|connection|set-cookie)$/i.test(name));
const head = fc
  .tuple(fc.constantFrom(200, 202, 204, 304, 404, 500), fc.array(plain, { maxLength: 5 }))
  .map(([status, fields]) => `HTTP/1.1 ${status} Some Words\r\n${fields.map(([n, v]) => `${n}: ${v}\r\n`).join('')}`);
const chunked = fc
  .tuple(
    fc.array(fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' }), { maxLength: 4 }),
    fc.constantFrom('', ';x=1'),
    fc.constantFrom('', 'T: r\r\n'),
  )
  .map(([parts, extension, trailer]) => {
    const chunks = parts.map((part) => `${part.length.toString(16)}${extension}\r\n${part}\r\n`).join('');
    return `Transfer-Encoding: chunked\r\n\r\n${chunks}0${extension}\r\n${trailer}\r\n`;
  });
const sized = fc
  .string({ maxLength: 200, unit: 'binary-ascii' })
  .map((body) => `Content-Length: ${body.length}\r\n\r\n${body}`);
const untilEnd = fc.string({ maxLength: 200, unit: 'binary-ascii' }).map((body) => `\r\n${body}`);
const interim = fc.constantFrom('', 'HTTP/1.1 100 Continue\r\n\r\n');
const tail = fc.constantFrom('', '', 'HTTP/1.1 200 OK\r\n\r\n');
const response = fc
  .tuple(interim, head, fc.oneof(chunked, sized, untilEnd), tail)
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));
/** With one byte changed, left out or put in. */
const damaged = fc
  .tuple(
    response,
    fc.nat(),
    fc.constantFrom(0x00, 0x0a, 0x0d, 0x20, 0x2c, 0x30, 0x3a, 0x3b, 0xff),
    fc.constantFrom(0, 1),
    fc.constantFrom(0, 1),
  )
  .map(([bytes, where, byte, put, take]) => {
    const at = where % bytes.length;
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(put, byte), bytes.subarray(at + take)]);
  });
const cuts = fc.array(fc.nat(), { maxLength: 12 });

function split(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set(at.map((one) => one % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : places[index - 1], end));
}

describe('the same bytes', () => {
  it.each([
    ['sound', response],
    ['damaged', damaged],
  ])('say the same however they are split (%s)', (_what, source) => {
    fc.assert(
      fc.property(source, cuts, (bytes, at) => {
        const outcome = parse([bytes]);
        expect(parse(split(bytes, at))).toEqual(outcome);
        expect(parse([...bytes].map((byte) => Buffer.from([byte])))).toEqual(outcome);
      }),
      { numRuns: 500 },
    );
  });

  it('say the same after an answer that began like them', () => {
    fc.assert(
      fc.property(sized, fc.oneof(sized, chunked, untilEnd), head, (first, second, begin) => {
        const read: unknown[] = [];
        const parser = new ResponseParser({
          answered: (...answer) => read.push(answer),
          received: (chunk) => read.push(chunk.toString('latin1')),
        });
        const bytes = [first, first, second].map((rest) => Buffer.from(`${begin}${rest}`, 'latin1'));
        const outcomes = bytes.map((one) => {
          parser.reset();
          read.length = 0;
          const over = parser.push(one);
          return { over, persistent: parser.persistent, read: [...read] };
        });
        const { status, headers } = parse([bytes[2] ?? Buffer.alloc(0)]);
        expect(outcomes[1]).toEqual(outcomes[0]);
        expect(outcomes[2]?.read[0]).toEqual([status, headers]);
      }),
    );
  });

  it('never say more than HTTP errors, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, begun) => {
        const bytes = Buffer.concat([Buffer.from(begun ? OK : ''), noise]);
        expect(() => parse([bytes])).not.toThrow();
      }),
    );
  });
});
