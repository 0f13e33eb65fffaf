import fc from 'fast-check';
import { isObject } from '../raw-result.js';
import { cutResult } from './cut-result.js';

const ID = 1_000_007;
const RUNS = { numRuns: 2_000, seed: 20261122 };

const long = fc.string({ unit: 'grapheme', minLength: 60, maxLength: 300 });
const object = fc.dictionary(
  fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('isError', 'resultType', '_meta', 'content', 'a"\\')),
  fc.oneof(fc.jsonValue(), long, fc.array(long, { maxLength: 3 })),
);

/** What the JSON of an answer says, as those say who parse it; undefined where it is no plain answer to the request. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const message = JSON.parse(text) as unknown;
    if (!isObject(message) || Object.keys(message).sort().join() !== 'id,jsonrpc,result') return undefined;
    return message.jsonrpc === '2.0' && message.id === ID && isObject(message.result) ? message.result : undefined;
  } catch {
    return undefined;
  }
}

/** What is cut is what a parser finds; where a parser finds nothing, nothing is cut. */
function expectTruth(text: string): void {
  const cut = cutResult(text, ID);
  if (!cut) return;
  const result = parsed(text);
  expect(result).toBeDefined();
  expect(JSON.parse(cut.text)).toEqual(result);
  expect(text).toContain(cut.text);
  expect(cut.text).not.toMatch(/[^\P{Cc}\x7f-\x9f]/u);
  expect(cut.isError).toBe(result?.isError === true);
  expect(cut.resultType).toBe(result?.resultType);
}

/** JSON as several languages write it. */
const spaced = (value: unknown): string => JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ');

describe('a result that is cut out of an answer', () => {
  it('is the whole of it, however the members are ordered and spaced', () => {
    const order = fc.shuffledSubarray(['jsonrpc', 'id', 'result'], { minLength: 3, maxLength: 3 });
    const write = fc.constantFrom(JSON.stringify, spaced, (value: unknown) => ` ${JSON.stringify(value)}\r\n`);
    fc.assert(
      fc.property(object, order, write, (result, names, written) => {
        const message: Record<string, unknown> = { jsonrpc: '2.0', id: ID, result };
        const text = written(Object.fromEntries(names.map((name) => [name, message[name]])));
        expectTruth(text);
        const { resultType = 'complete' } = result;
        const isPlainType = typeof resultType === 'string' && /^[a-z_]+$/.test(resultType);
        // A member could otherwise be called `isError` in other letters.
        const isPlain = isPlainType && !Object.keys(result).some((name) => JSON.stringify(name).includes('\\'));
        expect(cutResult(text, ID) !== undefined).toBe(isPlain);
      }),
      RUNS,
    );
  });

  it('is not there when the bytes between are changed, or it is what a parser finds then', () => {
    const change = fc.record({
      at: fc.nat(),
      drop: fc.nat(3),
      put: fc.oneof(
        fc.string({ maxLength: 3 }),
        fc.constantFrom('"', '\\', '{', '}', ',', ':', '}}', '"}', ',"id":7', '\n', '\u0000', '\\u00e9'),
      ),
    });
    fc.assert(
      fc.property(object, fc.array(change, { minLength: 1, maxLength: 3 }), (result, changes) => {
        let text = JSON.stringify({ jsonrpc: '2.0', id: ID, result });
        for (const { at, drop, put } of changes) {
          const from = at % text.length;
          text = text.slice(0, from) + put + text.slice(from + drop);
        }
        expectTruth(text);
      }),
      { ...RUNS, numRuns: 8_000 },
    );
  });

  it('takes no longer for a text that is all escapes', () => {
    const timeOf = (result: object) => {
      const text = JSON.stringify({ jsonrpc: '2.0', id: ID, result });
      const startedAt = performance.now();
      expect(cutResult(text, ID)?.text).toHaveLength(JSON.stringify(result).length);
      return performance.now() - startedAt;
    };
    const plain = timeOf({ texts: Array.from({ length: 100_000 }, () => 'a'.repeat(40)) });
    expect(timeOf({ text: '\n'.repeat(2_000_000) })).toBeLessThan(Math.max(1, plain) * 50);
  });

  it.each([
    ['a member twice', `{"jsonrpc":"2.0","id":${ID},"result":{},"result":{"a":1}}`],
    ['an id twice', `{"id":7,"jsonrpc":"2.0","id":${ID},"result":{}}`],
    ['another id', '{"jsonrpc":"2.0","id":7,"result":{}}'],
    ['the id as a text', `{"jsonrpc":"2.0","id":"${ID}","result":{}}`],
    ['an id that only begins like ours', `{"jsonrpc":"2.0","id":${ID}0,"result":{}}`],
    ['no id', '{"jsonrpc":"2.0","result":{}}'],
    ['another JSON-RPC', `{"jsonrpc":"1.0","id":${ID},"result":{}}`],
    ['an error beside it', `{"jsonrpc":"2.0","id":${ID},"result":{},"error":{"code":1,"message":"x"}}`],
    ['an error hidden behind an escape', `{"jsonrpc":"2.0","id":${ID},"result":{},"err\\u006fr":{}}`],
    ['a member that nobody knows', `{"jsonrpc":"2.0","id":${ID},"result":{},"x":1}`],
    ['no object', `{"jsonrpc":"2.0","id":${ID},"result":[]}`],
    ['something behind it', `{"jsonrpc":"2.0","id":${ID},"result":{}} {}`],
    ['a comma too many', `{"jsonrpc":"2.0","id":${ID},"result":{"a":1,}}`],
    ['a number that is none', `{"jsonrpc":"2.0","id":${ID},"result":{"a":01}}`],
    ['an escape that is none', `{"jsonrpc":"2.0","id":${ID},"result":{"a":"\\x"}}`],
    ['a line break in a text', `{"jsonrpc":"2.0","id":${ID},"result":{"a":"\n\ndata: {}\n\n"}}`],
    ['lines', JSON.stringify({ jsonrpc: '2.0', id: ID, result: { a: 1 } }, null, 2)],
    ['an end too early', `{"jsonrpc":"2.0","id":${ID},"result":{"a":"b`],
    ['an error said twice', `{"jsonrpc":"2.0","id":${ID},"result":{"isError":true,"isError":false}}`],
    ['a type hidden behind an escape', `{"jsonrpc":"2.0","id":${ID},"result":{"resultTyp\\u0065":"task"}}`],
    ['a type that is none', `{"jsonrpc":"2.0","id":${ID},"result":{"resultType":7}}`],
    ['great depth', `{"jsonrpc":"2.0","id":${ID},"result":{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`],
    ['a byte order mark', `\ufeff{"jsonrpc":"2.0","id":${ID},"result":{}}`],
    ['a batch', `[{"jsonrpc":"2.0","id":${ID},"result":{}}]`],
    ['nothing', ''],
  ])('is not there in an answer with %s', (_what, text) => {
    expect(cutResult(text, ID)).toBeUndefined();
  });
});
