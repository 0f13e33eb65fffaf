import fc from 'fast-check';
import { AesSealer } from '../src/index.js';
import { isTooDeep } from '../src/json/depth.js';
import { hasMember, membersIn } from '../src/json/members.js';
import { oneLine, resultOf, whole, withMembers } from '../src/json/pieces.js';
import { checkParamHeaders, decodeHeader } from '../src/modern/headers.js';
import { openState, sealState } from '../src/modern/state.js';
import { frameOf } from '../src/sse/frames.js';
import { Budget, Ring } from '../src/sse/ring.js';
import { readEventId } from '../src/sse/streams.js';

const json = fc.jsonValue({ maxDepth: 4 });
const object = fc.dictionary(fc.string({ unit: 'grapheme' }), json, { maxKeys: 5 });
const indent = fc.constantFrom(undefined, 1, '\t');
const written = (value: unknown, space: string | number | undefined) => JSON.stringify(value, null, space);
const asText = fc.boolean();

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe('texts', () => {
  test('a result is spliced into its answer, whatever it is and however it was written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer()), object, indent, asText, (id, value, space, isString) => {
        const text = written(value, space);
        const answer = whole(resultOf(id, [isString ? text : Buffer.from(text)])).toString();
        expect(JSON.parse(answer)).toEqual({ jsonrpc: '2.0', id, result: JSON.parse(text) as unknown });
      }),
    );
  });

  test('members are added to an object that does not have them, and to no other', () => {
    fc.assert(
      fc.property(object, fc.boolean(), indent, asText, (value, has, space, isString) => {
        const own = has ? { ...value, resultType: 'task' } : value;
        const text = written(own, space);
        const more = withMembers(isString ? text : Buffer.from(text), { resultType: 'complete', absent: undefined });
        const parsed = JSON.parse(whole(more).toString()) as object;
        expect(parsed).toEqual({ resultType: 'complete', ...(JSON.parse(text) as object) });
        expect(Object.keys(parsed).filter((key) => key === 'resultType')).toHaveLength(1);
      }),
    );
  });

  test('a member is found on the first level only, and only as a name', () => {
    const value = fc.oneof(json, fc.constantFrom('needle', 'a "needle": 1', { needle: 1 }, ['needle'], '\\"needle'));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('needle', 'a', 'b"needle"', '\\'), value), indent, (members, space) => {
        expect(hasMember(written(members, space), 'needle')).toBe(Object.hasOwn(members, 'needle'));
      }),
    );
  });

  test('an object is taken apart into its members, and is the same put together again', () => {
    fc.assert(
      fc.property(object, indent, (value, space) => {
        const members = [...membersIn(written(value, space))];
        expect(members.map(({ name }) => JSON.parse(`"${name}"`) as unknown)).toEqual(Object.keys(value));
        expect(JSON.parse(`[${members.map(({ json: text }) => text).join(',')}]`)).toEqual(
          JSON.parse(JSON.stringify(Object.values(value))),
        );
      }),
    );
  });

  test('depth is told as parsing would', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), indent, fc.integer({ min: 0, max: 8 }), (value, space, most) => {
        expect(isTooDeep(Buffer.from(written(value, space)), most)).toBe(depthOf(value) > most);
      }),
    );
  });

  test('a frame is one event of one line, with the same message', () => {
    fc.assert(
      fc.property(json, indent, asText, fc.option(fc.constant('n_r1_1')), (value, space, isString, id) => {
        const text = written(value, space);
        const frame = whole(frameOf([isString ? text : Buffer.from(text)], id ?? undefined)).toString();
        const [data, ...rest] = frame.split('\n').slice(id === null ? 0 : 1);
        expect(rest).toEqual(['', '']);
        expect(JSON.parse(data?.slice('data: '.length) ?? '')).toEqual(JSON.parse(text));
      }),
    );
  });

  test('breaks of any kind are taken out of bytes as out of letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\r', '\n', 'é', 'x') }), (text) => {
        expect(oneLine(Buffer.from(text)).toString()).toBe(oneLine(text));
        expect(oneLine(text)).not.toMatch(/[\r\n]/);
      }),
    );
  });
});

describe('the ring of a stream', () => {
  test('gives back exactly what came after, or says that some of it is gone', () => {
    const frames = fc.array(fc.string({ maxLength: 20 }), { maxLength: 40 });
    const limits = fc.record({ maxEvents: fc.integer({ min: 1, max: 10 }), maxBytes: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(
        frames,
        limits,
        fc.nat(120),
        fc.nat(45),
        fc.nat(45),
        (pushed, bounds, budgetBytes, seen, acknowledged) => {
          const budget = new Budget(budgetBytes);
          const ring = new Ring(bounds, budget);
          for (const frame of pushed) ring.push(frame);
          const missed = ring.after(seen);
          if (missed) expect(missed).toEqual(pushed.slice(seen));
          if (seen > pushed.length) expect(missed).toBeUndefined();
          expect(ring.after(ring.last)).toEqual([]);
          ring.acknowledge(Math.min(acknowledged, pushed.length));
          const left = [...(ring.after(Math.max(acknowledged, seen)) ?? [])];
          expect(left).toEqual(missed ? pushed.slice(Math.max(acknowledged, seen)) : left);
          expect(budget.used).toBeLessThanOrEqual(Math.min(budgetBytes, bounds.maxBytes));
          const kept = Array.from(pushed, (_frame, at) => ring.after(at)?.length ?? 0);
          expect(Math.max(0, ...kept)).toBeLessThanOrEqual(bounds.maxEvents);
          ring.clear();
          expect(budget.used).toBe(0);
        },
      ),
    );
  });

  test('ids of events are read back, and nothing else is taken for one', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(readEventId(text)).toBeUndefined()));
    expect(readEventId('a1_l2z_17')).toEqual({ node: 'a1', stream: 'a1_l2z', seen: 17, isListening: true });
  });
});

describe('headers', () => {
  const encode = (value: string) => `=?base64?${Buffer.from(value).toString('base64')}?=`;

  test('what was encoded is read back, and what was not is taken as it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (value) => expect(decodeHeader(encode(value))).toBe(value)));
    const plain = fc.stringMatching(/^[!-<>-~]*$/);
    fc.assert(fc.property(plain, (value) => expect(decodeHeader(value)).toBe(value)));
    expect(decodeHeader('=?base64?SGVsbG8?=')).toBeUndefined();
  });

  test.each([' ', '0x0', '+0', '00', 'zero'])('%j is not the number 0', (said) => {
    const rules = [{ header: 'mcp-param-x', path: ['a'] }];
    expect(() => checkParamHeaders({ 'mcp-param-x': encode(said) }, rules, { a: 0 })).toThrow('mcp-param-x');
  });

  test('an argument is the one of its header, or the call is refused', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.boolean(), fc.maxSafeInteger());
    fc.assert(
      fc.property(value, value, (said, meant) => {
        const rules = [{ header: 'mcp-param-x', path: ['a', 'b'] }];
        const check = () => checkParamHeaders({ 'mcp-param-x': encode(String(said)) }, rules, { a: { b: meant } });
        const isNumber = typeof meant === 'number' && /^-?(?:0|[1-9]\d*)$/.test(String(said)) && Number(said) === meant;
        if (String(said) === String(meant) || isNumber) check();
        else expect(check).toThrow('mcp-param-x');
      }),
    );
  });
});

describe('sealed states', () => {
  const [old, young] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const bound = { key: 'k', method: 'tools/call', params: { name: 'x', arguments: { a: [1, { b: 2 }] } } };
  const lifetime = { lifetimeMs: 1000, now: 0 };

  test('come back as they were, also after the key has changed, until they are too old', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (state) => {
        const sealed = await sealState(new AesSealer(old), bound, state, lifetime);
        const opened = await openState(new AesSealer(young, old), bound, sealed, 1000);
        expect(opened).toEqual(JSON.parse(JSON.stringify(state)));
        await expect(openState(new AesSealer(old), bound, sealed, 1001)).rejects.toThrow('expired');
        await expect(openState(new AesSealer(young), bound, sealed, 0)).rejects.toThrow('not one of this server');
      }),
    );
  });

  test('are not opened when a letter was changed', async () => {
    const sealer = new AesSealer(old);
    const sealed = await sealState(sealer, bound, { secret: true }, lifetime);
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.constantFrom(...'Aa0-'), async (at, letter) => {
        const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
        if (changed !== sealed) expect(sealer.open(changed)).toBeUndefined();
      }),
    );
  });
});
