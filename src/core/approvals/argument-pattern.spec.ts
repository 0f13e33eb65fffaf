import fc from 'fast-check';
import { type ArgumentPattern, climbs, matchesPattern, valueAt } from './argument-pattern.js';

const under = (prefix: string): ArgumentPattern => ({ '/path': { prefix } });
const fits = (prefix: string, path: unknown) => matchesPattern(under(prefix), { path });

const name = fc.stringMatching(/^[a-z0-9_]{1,12}$/);

describe('a prefix', () => {
  test.each([
    ['/srv/a', '/srv/a'],
    ['/srv/a', '/srv/a/b.txt'],
    ['/srv/a/', '/srv/a/b.txt'],
    ['https://example.com', 'https://example.com/x?y=..'],
    ['https://example.com/', 'https://example.com/x'],
    ['git status ', 'git status --short'],
  ])('%s holds for %s', (prefix, value) => expect(fits(prefix, value)).toBe(true));

  test.each([
    ['/srv/a', '/srv/ab'],
    ['/srv/a', '/srv/ab/../a/x'],
    ['/srv/a', '/srv/a/../b'],
    ['/srv/a', '/srv/a/..'],
    ['/srv/a', '/srv/a/%2e%2e/b'],
    ['/srv/a', '/srv/a/%252e%252e/b'],
    ['/srv/a', '/srv/a/..%2fb'],
    ['/srv/a', '/srv/a\\..\\b'],
    ['/srv/a', '/srv/a/\n..\n/b'],
    ['/srv/a', '/srv/a/.\u200B./b'],
    ['/srv/a', '/srv/a/\uFF0E\uFF0E/b'],
    ['/srv/a', '/srv/a/..;x=1/b'],
    ['/srv/a', '/srv/a/.. /b'],
    ['https://example.com', 'https://example.com.evil.test/'],
    ['https://example.com', 'https://example.com@evil.test/'],
    ['https://example.com', 'https://example.com:x@evil.test/'],
  ])('%s does not hold for %j', (prefix, value) => expect(fits(prefix, value)).toBe(false));

  test('holds for nothing that is no text', () => {
    for (const value of [1, null, true, ['/srv/a'], { $ref: 'node1#/path' }]) expect(fits('/srv/a', value)).toBe(false);
  });

  test('holds for whatever lies below, and for nothing that climbs, however deep', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), fc.nat(6), (parts, at) => {
        const below = `/srv/a/${parts.join('/')}`;
        expect(fits('/srv/a', below)).toBe(true);
        const climbing = [...parts.slice(0, at), '..', ...parts.slice(at)].join('/');
        expect(fits('/srv/a', `/srv/a/${climbing}`)).toBe(false);
      }),
    );
  });

  test('holds for no path that, read by the rules of addresses, is elsewhere', () => {
    const piece = fc.oneof(name, fc.constantFrom('.', '..', '%2e', '%2E%2e', '..%2f', '', '\t..', '%5c..'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const value = `/srv/a/${pieces.join('/')}`;
        if (!fits('/srv/a', value)) return;
        const { pathname } = new URL(value, 'http://host');
        expect(`${decodeURIComponent(pathname)}/`.startsWith('/srv/a/')).toBe(true);
      }),
    );
  });
});

describe('a pattern', () => {
  test('holds for exactly what it names', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
        (value, wanted) => {
          expect(matchesPattern({ '/x': { equals: wanted } }, { x: value })).toBe(value === wanted);
          expect(matchesPattern({ '/x': { one_of: [wanted] } }, { x: value })).toBe(value === wanted);
        },
      ),
    );
  });

  test('with one more place never holds for more', () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.oneof(name, fc.integer())), name, name, (args, key, wanted) => {
        const wide: ArgumentPattern = { '/a': { equals: args.a as string } };
        const narrow: ArgumentPattern = { ...wide, [`/${key}`]: { prefix: wanted } };
        if (key !== 'a' && matchesPattern(narrow, args)) expect(matchesPattern(wide, args)).toBe(true);
      }),
    );
  });

  test('does not hold for what is missing, inherited, or only looks like a place of a list', () => {
    expect(matchesPattern({ '/toString': { prefix: 'f' } }, {})).toBe(false);
    expect(matchesPattern({ '/__proto__': { equals: null } }, {})).toBe(false);
    expect(matchesPattern({ '/list/length': { equals: 1 } }, { list: ['a'] })).toBe(false);
    expect(matchesPattern({ '/list/00': { equals: 'a' } }, { list: ['a'] })).toBe(false);
    expect(matchesPattern({ '/list/0': { equals: 'a' } }, { list: ['a'] })).toBe(true);
    expect(matchesPattern({ '/x': { equals: null } }, {})).toBe(false);
  });

  test('finds keys with slashes and tildes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant('__proto__')), fc.integer(), (key, value) => {
        const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        expect(valueAt(JSON.parse(JSON.stringify({ [key]: value })), pointer)).toBe(value);
      }),
    );
  });
});

test('endless escapes are not followed', () => {
  expect(climbs(`%${'25'.repeat(40)}2e`)).toBe(true);
  expect(climbs('100 % of it ...and more')).toBe(false);
});
