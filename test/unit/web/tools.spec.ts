import fc from 'fast-check';
import type { Approval } from '../../../web/src/api/approval-types.js';
import { EventParser } from '../../../web/src/api/event-parser.js';
import { queryString } from '../../../web/src/api/query-string.js';
import { barsOf } from '../../../web/src/activity/bars.js';
import {
  argumentWords,
  endWords,
  grantWords,
  left,
  sentence,
  waited,
} from '../../../web/src/approvals/approval-words.js';
import { type MatchRow, readScope, rowsOf, type ScopeDraft } from '../../../web/src/approvals/scope.js';
import { statsWords } from '../../../web/src/approvals/stats.js';
import { configFields } from '../../../web/src/catalogue/config-form.js';
import { diffLines } from '../../../web/src/console/diff.js';
import { fieldsOf } from '../../../web/src/console/schema-form.js';
import { filterOf, isFiltered, readLogSearch } from '../../../web/src/logs/log-search.js';
import { draftOf, inView, readDraft, withoutSecrets } from '../../../web/src/tools/arguments.js';
import { clientCurl, platformCurl, quoted } from '../../../web/src/tools/call-curl.js';
import { joinWords } from '../../../web/src/tools/join-words.js';
import { pairLines } from '../../../web/src/tools/pair-lines.js';
import { logLine } from '../../../web/src/tools/log-line.js';
import { toolPath } from '../../../web/src/tools/tool-words.js';
import { hasHidden, visible, visibleJson } from '../../../web/src/ui/visible.js';

describe('a stream of events', () => {
  const STREAM =
    ': hello\r\n\r\nevent: progress\r\nid: 4\r\ndata: {"a":1}\r\n\r\ndata: one\ndata: two\n\n\revent: x\rdata\r\r';
  const EVENTS = [
    { event: 'progress', data: '{"a":1}', id: '4' },
    { event: 'message', data: 'one\ntwo', id: '4' },
    { event: 'x', data: '', id: '4' },
  ];

  test('is read the same, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: STREAM.length - 1 })), (cuts) => {
        const parser = new EventParser();
        const ends = [...new Set(cuts)].sort((one, other) => one - other);
        const pieces = [0, ...ends].map((from, at) => STREAM.slice(from, ends[at]));
        // The last line end is told from half of CRLF by what follows.
        expect([...pieces, ': end'].flatMap((piece) => parser.feed(piece))).toEqual(EVENTS);
      }),
    );
  });
});

describe('hidden characters', () => {
  test('are named, and what is seen stays', () => {
    expect(visible('a\u200bb\u202ec\u{e0041}d\ufeff')).toBe('a⟦U+200B⟧b⟦U+202E⟧c⟦U+E0041⟧d⟦U+FEFF⟧');
    expect(visible('Grüße, 你好,\n\tتحية 🙂')).toBe('Grüße, 你好,\n\tتحية 🙂');
    expect([hasHidden('plain'), hasHidden('a\u00adb'), hasHidden('a\u00adb')]).toEqual([false, true, true]);
    expect(visibleJson({ 'a\u2060': 'x\u200b' })).toBe('{\n  "a⟦U+2060⟧": "x⟦U+200B⟧"\n}');
    expect(visibleJson(undefined)).toBe('null');
  });
});

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

describe('arguments of a tool', () => {
  const SCHEMA = {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string' },
      limit: { type: 'integer', default: 5 },
      token: { type: 'string', format: 'password' },
    },
  };
  const fields = fieldsOf(SCHEMA);

  test('go from the form to JSON and back, and a default that nobody chose stays away', () => {
    const typed = { ...draftOf(SCHEMA), raw: { name: 'ana' } };
    expect(readDraft(fields, typed)).toEqual({ ok: true, values: { name: 'ana' } });
    const json = inView(SCHEMA, typed, 'json');
    expect(json?.json).toBe('{\n  "name": "ana"\n}');
    const back = json && inView(SCHEMA, { ...json, json: '{"name":"ben","limit":9,"more":[1]}' }, 'form');
    expect(back && readDraft(fields, back)).toEqual({ ok: true, values: { more: [1], name: 'ben', limit: 9 } });
  });

  test('that cannot be read keep the view, but for JSON, in which anything can be written', () => {
    const empty = draftOf(SCHEMA);
    expect(readDraft(fields, empty).ok).toBe(false);
    expect(inView(SCHEMA, empty, 'json')?.view).toBe('json');
    expect(inView(SCHEMA, { ...empty, view: 'json', json: '[1]' }, 'form')).toBeUndefined();
  });

  test('of which no form can be made are written as JSON, begun with what is required', () => {
    const either = { type: 'object', oneOf: [{ required: ['iban'], properties: { iban: { type: 'string' } } }, {}] };
    expect(draftOf(either)).toMatchObject({ view: 'json', json: '{\n  "iban": ""\n}' });
    expect(draftOf({ type: 'object', additionalProperties: true })).toMatchObject({ view: 'json', json: '{}' });
    expect(draftOf({ type: 'object' }).view).toBe('form');
    expect(draftOf(undefined).view).toBe('form');
  });

  test('that are secret are not remembered', () => {
    expect(withoutSecrets(fields, { name: 'ana', token: 'x' })).toEqual({ name: 'ana' });
  });

  test('make a command that a shell takes as it is', () => {
    expect(quoted("it's $HOME `x`")).toBe(String.raw`'it'\''s $HOME ${'`x`'}'`);
    expect(platformCurl('http://h', 'mcp_1', 'a b', { q: "it's" })).toContain(
      String.raw`-d '{"serviceId":"mcp_1","toolName":"a b","parameters":{"q":"it'\''s"}}'`,
    );
    expect(clientCurl('http://h', 'mcp_1', 'users/query', {})).toContain(
      '/api/v1/servers/mcp_1/tools/users%2Fquery/call',
    );
    expect(toolPath('mcp_1', '../x')).toBe('/servers/mcp_1/tools/..%2Fx');
  });
});

describe('what a server logs', () => {
  test('is one line, with what is known', () => {
    expect(logLine({ level: 'info', logger: 'db', data: 'opened' })).toBe('info db: opened');
    expect(logLine({ message: { n: 1 } })).toBe('{"n":1}');
  });
});

describe('a text that changed', () => {
  const word = (op: 'same' | 'added' | 'removed', text: string) => ({ op, text });

  test('is read as what went and what came, not word by word', () => {
    const words = [
      word('same', 'In full. '),
      word('removed', 'The'),
      word('added', 'Before'),
      word('same', ' '),
      word('removed', 'money'),
      word('added', 'it'),
      word('same', ' '),
      word('same', 'is'),
      word('added', ' sent'),
    ];
    expect(joinWords(words)).toEqual([
      word('same', 'In full. '),
      word('removed', 'The money'),
      word('added', 'Before it'),
      word('same', ' '),
      word('same', 'is'),
      word('added', ' sent'),
    ]);
    expect(joinWords([])).toEqual([]);
  });
});

describe('two definitions', () => {
  test('stand side by side, what went beside what came', () => {
    const pairs = pairLines(diffLines('a\nb\nc', 'a\nx\ny\nc')).map(({ left: before, right }) => [
      before?.text,
      right?.text,
    ]);
    expect(pairs).toEqual([
      ['a', 'a'],
      ['b', 'x'],
      [undefined, 'y'],
      ['c', 'c'],
    ]);
  });
});

describe('the address of the log', () => {
  test('holds the filter and the open row, and nothing strange', () => {
    const search = readLogSearch({ tool: 42, q: '', status: 'failed', evil: 'x', open: 'log_1', from: {} });
    expect(search).toEqual({ tool: '42', status: 'failed', open: 'log_1' });
    expect(filterOf(search)).toEqual({ tool: '42', status: 'failed' });
    expect([isFiltered(search), isFiltered({ open: 'log_1' })]).toEqual([true, false]);
    expect(queryString({ a: 'x y', b: undefined, c: '', n: 0 })).toBe('?a=x+y&n=0');
  });
});

describe('settings of a service', () => {
  test('that are only written are typed unseen', () => {
    const [token, region] = configFields({
      properties: { token: { type: 'string', writeOnly: true }, region: { type: 'string', default: 'eu' } },
    });
    expect([token?.input, region?.input]).toEqual(['password', 'text']);
  });
});

describe('a chart', () => {
  test('shows whatever is not nothing, and stays in its box', () => {
    const day = (succeeded: number, failed: number) => ({ date: 'd', succeeded, failed });
    const { bars, most } = barsOf([day(1_000, 0), day(1, 1), day(0, 0)], 90, 60);
    expect(most).toBe(1_000);
    expect(bars.map(({ ok, failed }) => [ok > 0, failed > 0])).toEqual([
      [true, false],
      [true, true],
      [false, false],
    ]);
    expect(Math.max(...bars.map(({ ok, failed }) => ok + failed))).toBeLessThanOrEqual(60);
    expect(barsOf([], 90, 60)).toEqual({ bars: [], most: 0 });
  });
});
