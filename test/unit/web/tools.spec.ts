import fc from 'fast-check';
import { EventParser } from '../../../web/src/api/event-parser.js';
import { queryString } from '../../../web/src/api/query-string.js';
import { barsOf } from '../../../web/src/activity/bars.js';
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
