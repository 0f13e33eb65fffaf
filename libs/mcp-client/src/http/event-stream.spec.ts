import fc from 'fast-check';
import { EventStreamParser, type ServerEvent } from './event-stream.js';

interface Heard {
  events: ServerEvent[];
  ids: string[];
  retries: number[];
}

function read(chunks: readonly Buffer[]): Heard {
  const heard: Heard = { events: [], ids: [], retries: [] };
  const parser = new EventStreamParser({
    event: (event) => heard.events.push(event),
    lastEventId: (id) => heard.ids.push(id),
    retry: (ms) => heard.retries.push(ms),
  });
  for (const chunk of chunks) parser.push(chunk);
  return heard;
}

const readText = (text: string) => read([Buffer.from(text)]);

/** Cuts bytes at any places, also inside a character. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}

const line = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replace(/[\r\n\0]/g, ''));
const event = fc.record({
  data: fc.array(line, { minLength: 1, maxLength: 3 }),
  type: fc.option(
    line.filter((text) => text !== ''),
    { nil: undefined },
  ),
  id: fc.option(line, { nil: undefined }),
  comment: fc.boolean(),
});
const ending = fc.constantFrom('\n', '\r\n', '\r');

describe('an event stream', () => {
  it('is read alike however it is cut, with each way to end a line', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 4 }),
        ending,
        fc.boolean(),
        fc.array(fc.nat()),
        (events, end, mark, places) => {
          const lines = events.flatMap(({ data, type, id, comment }) => [
            ...(comment ? [': nothing', ':'] : []),
            ...(type === undefined ? [] : [`event: ${type}`]),
            ...(id === undefined ? [] : [`id: ${id}`]),
            ...data.map((text) => `data: ${text}`),
            '',
          ]);
          const text = `${mark ? '\u{feff}' : ''}${lines.map((one) => `${one}${end}`).join('')}`;
          const heard = read(cut(Buffer.from(text), places));
          expect(heard.events).toEqual(
            events.map(({ data, type }) => ({
              type: type ?? 'message',
              data: Buffer.from(data.join('\n')).toString(),
            })),
          );
          expect(heard.ids).toEqual(events.flatMap(({ id }) => (id === undefined ? [] : [Buffer.from(id).toString()])));
        },
      ),
    );
  });

  it('survives any bytes, and reads them alike however they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat()), (bytes, places) => {
        const whole = Buffer.from(bytes);
        expect(read(cut(whole, places))).toEqual(read([whole]));
      }),
    );
  });

  it.each([
    ['a field without a space', 'data:a\n\n', ['a']],
    ['one space only is taken off', 'data:  a\n\n', [' a']],
    ['a field without a colon', 'data\n\n', ['']],
    ['mixed ends of lines', 'data: a\r\ndata: b\rdata: c\n\r\n', ['a\nb\nc']],
    ['an event that is not finished', 'data: a\n\ndata: b\n', ['a']],
    ['an event without data', 'event: ping\n\ndata: a\n\n', ['a']],
    ['fields nobody knows', 'foo: bar\ndata: a\n\n', ['a']],
  ])('knows %s', (_what, text, data) => {
    expect(readText(text).events.map((one) => one.data)).toEqual(data);
  });

  it('tells ids, also of events without data, and leaves out those with a NUL', () => {
    expect(readText('id: 1\n\nid: 2\ndata: a\n\ndata: b\n\nid: \0\ndata: c\n\n').ids).toEqual(['1', '2']);
  });

  it('tells how long to wait before coming back, if it is a number', () => {
    expect(readText('retry: 250\nretry: soon\nretry: 99999999999\n\n').retries).toEqual([250]);
  });
});
