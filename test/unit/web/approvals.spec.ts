import {
  argumentWords,
  askedWords,
  doorWords,
  endWords,
  grantWords,
  left,
  quoted,
  sentence,
  waited,
} from '../../../web/src/approvals/approval-words.js';
import type { Approval } from '../../../web/src/api/approval-types.js';
import { type MatchRow, readScope, rowsOf, type ScopeDraft } from '../../../web/src/approvals/scope.js';
import { statsWords } from '../../../web/src/approvals/stats.js';

describe('a permission that is remembered', () => {
  const VALUES = { path: '/srv/a', 'odd/~name': 1, options: { deep: true, empty: {} }, list: [1, 2] };
  const draft = (part: Partial<ScopeDraft>): ScopeDraft => ({
    type: 'matching',
    rows: rowsOf(VALUES),
    uses: '',
    expiry: '3600',
    ...part,
  });

  test('offers each plain argument by its pointer', () => {
    expect(rowsOf(VALUES).map(({ pointer, value, rule }) => [pointer, value, rule])).toEqual([
      ['/path', '/srv/a', 'equals'],
      ['/odd~1~0name', 1, 'equals'],
      ['/options/deep', true, 'equals'],
      // What is no single value cannot be compared.
      ['/options/empty', {}, 'any'],
      ['/list', [1, 2], 'any'],
    ]);
    expect(rowsOf({ a: '/srv/a/one', b: 'plain', c: 'https://h/x/?q=1' }).map(({ prefix }) => prefix)).toEqual([
      '/srv/a/',
      'plain',
      'https://h/x/',
    ]);
  });

  test('says exactly what was chosen, and no more', () => {
    const rows = rowsOf({ path: '/srv/a', n: 1 }).map((row) =>
      row.pointer === '/path' ? { ...row, rule: 'prefix' as const, prefix: '/srv/' } : row,
    );
    expect(readScope(draft({ rows, uses: '3' }))).toEqual({
      ok: true,
      scope: {
        type: 'matching',
        match: { '/path': { prefix: '/srv/' }, '/n': { equals: 1 } },
        max_uses: 3,
        expires_in: 3600,
      },
    });
    expect(readScope(draft({ type: 'tool', expiry: '' }))).toEqual({ ok: true, scope: { type: 'tool' } });
    expect(readScope(draft({ type: 'once', uses: 'many' }))).toEqual({ ok: true, scope: { type: 'once' } });
  });

  test('is refused where it would let everything through, or not even this call', () => {
    const all = rowsOf(VALUES);
    const anything = all.map((row) => ({ ...row, rule: 'any' as const }));
    const path = (prefix: string) => [{ pointer: '/path', value: '/srv/a', rule: 'prefix' as const, prefix }];
    for (const wrong of [
      draft({ rows: anything }),
      draft({ rows: path('') }),
      draft({ rows: path('/etc') }),
      draft({ rows: path('/sr') }),
      draft({
        rows: Array.from({ length: 17 }, (_, at) => ({ ...path('/srv')[0], pointer: `/p${at}` })) as MatchRow[],
      }),
      draft({ uses: '0' }),
      draft({ uses: '1.5' }),
    ]) {
      expect(readScope(wrong)).toMatchObject({ ok: false });
    }
  });

  test('is told in words', () => {
    expect(grantWords({ scope: 'tool', match: null })).toBe('this tool, until its definition changes');
    expect(grantWords({ scope: 'matching', match: { '/a/b': { prefix: '/x' }, '/c': { one_of: [1, 'two'] } } })).toBe(
      'calls whose arguments match: a.b begins with “/x” and c is one of 1, “two”',
    );
  });
});

describe('a request in the inbox', () => {
  const NOW = Date.parse('2026-11-22T01:00:00Z');
  const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();

  test('tells how long it waits, and how long it may', () => {
    expect([at(-4), at(-240), at(-7_200), at(-300_000)].map((since) => waited(since, NOW))).toEqual([
      '4 s',
      '4 min',
      '2 h',
      '3 days',
    ]);
    expect([at(65), at(7_200), at(-1)].map((until) => left(until, NOW))).toEqual(['1:05', '2 h', undefined]);
    expect(left(null, NOW)).toBeUndefined();
  });

  test('tells in a line with what it would be called', () => {
    expect(argumentWords({ arguments: { id: 'ord_1', lines: [1, 2] } })).toBe('id: "ord_1", lines: [1,2]');
    expect(argumentWords({ arguments: { user: 'ana', Password: 'hunter2' } })).toBe('user: "ana", Password: •••');
    expect(argumentWords({ arguments: { text: 'x'.repeat(9_999) } })?.length).toBe(200);
    expect([argumentWords({ arguments: {} }), argumentWords({ arguments: null })]).toEqual([undefined, undefined]);
    expect([sentence('it may write'), sentence('Why?')]).toEqual(['It may write.', 'Why?']);
  });

  test('tells who asked, and through which program of theirs', () => {
    const requested_by = { user_id: 'u', username: 'ana' };
    const asked = (via: string | null, via_name: string | null) =>
      askedWords({ requested_by, via, via_name })?.replace(/[\u2068\u2069]/g, '');
    expect(asked('api_key', 'deploy')).toBe('asked by ana through the key “deploy”');
    expect(asked('oauth', 'An editor')).toBe('asked by ana through the client “An editor”');
    // Where the instance is open to programs of its machine, they show nothing that has a name.
    expect(asked('api_key', null)).toBe('asked by ana through a program');
    expect([asked('access_token', null), asked(null, null)]).toEqual(['asked by ana', 'asked by ana']);
    expect(askedWords({ requested_by: null, via: null, via_name: null })).toBeUndefined();
    expect([doorWords({ door: 'gateway' }), doorWords({ door: null })]).toEqual(['by the gateway', '']);
  });

  test('shows a name that somebody else chose as what it is, and no more of it than fits', () => {
    expect(quoted('x”, approved by “root')).toBe('“\u2068x", approved by "root\u2069”');
    expect(quoted('safe\u202egnp.exe')).toBe('“\u2068safe⟦U+202E⟧gnp.exe\u2069”');
    expect(quoted('a\n\n  b')).toBe('“\u2068a b\u2069”');
    expect([...quoted('\u200b'.repeat(9_999))].length).toBe(84);
  });

  test('tells each end apart', () => {
    const ended = (status: Approval['status']) =>
      endWords({
        status,
        decided_by: status === 'denied' ? { user_id: 'u', username: 'ana' } : null,
        decided_at: null,
      } as Approval);
    const words = (['pending', 'approved', 'denied', 'expired', 'withdrawn', 'superseded'] as const).map(ended);
    expect(new Set(words).size).toBe(6);
    expect(words[2]).toBe('Denied by ana');
  });
});

describe('how deciding goes', () => {
  const day = { date: '2026-11-22', approved: 2, denied: 1, expired: 1, withdrawn: 0, superseded: 3 };
  const stats = {
    pending: 1,
    counts: { pending: 1, calls: 1, nodes: 0, tools: 0 },
    oldest_pending_at: null,
    days: [day, { ...day, expired: 0 }],
    median_decision_seconds: 12.3,
    servers: [],
  };

  test('is told in a line, with how long it took', () => {
    expect(statsWords(stats, 30)).toBe(
      '30 days: 6 decisions, 4 approved, 2 denied, 1 expired. Half of them within 12 s.',
    );
    expect(statsWords({ ...stats, days: [], median_decision_seconds: null }, 30)).toBeUndefined();
  });
});
