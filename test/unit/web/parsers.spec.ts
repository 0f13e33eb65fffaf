import { distance, fuzzy } from '../../../web/src/app/fuzzy.js';
import { keyName } from '../../../web/src/app/keys.js';
import { completingAt, parseLine } from '../../../web/src/console/composer/parse-line.js';
import { MAX_HISTORY, remember, searchHistory } from '../../../web/src/console/composer/history.js';
import { diffLines } from '../../../web/src/console/diff.js';
import { countLevels, filterLogs } from '../../../web/src/console/log-filter.js';
import { parseTable, previewOf } from '../../../web/src/console/preview.js';
import { ansiSpans, closedBlocks, fold, plainText } from '../../../web/src/console/untrusted.js';
import type { LogRow } from '../../../web/src/session/state.js';

const ALL = { debug: true, info: true, warn: true, error: true };

describe('a line of the composer', () => {
  test('a slash is a command, two are a literal slash, all else is said', () => {
    expect(parseLine('/approve node1')).toEqual({ kind: 'command', name: 'approve', argument: 'node1' });
    expect(parseLine('/call users.query {"a": 1}')).toEqual({
      kind: 'command',
      name: 'call',
      argument: 'users.query {"a": 1}',
    });
    expect(parseLine('//etc/hosts')).toEqual({ kind: 'chat', text: '/etc/hosts' });
    expect(parseLine('/etc/hosts is a file')).toEqual({ kind: 'chat', text: '/etc/hosts is a file' });
    expect(parseLine('users.query limit=3')).toEqual({ kind: 'chat', text: 'users.query limit=3' });
  });

  test('what is completed depends on where the caret is', () => {
    expect(completingAt('/ap', 3)).toEqual({ kind: 'command', word: 'ap', from: 1 });
    expect(completingAt('/approve no', 11)).toEqual({ kind: 'argument', name: 'approve', word: 'no', from: 9 });
    expect(completingAt('ask @us', 7)).toEqual({ kind: 'mention', word: 'us', from: 4 });
    expect(completingAt('a@b.c', 5)).toBeUndefined();
    expect(completingAt('plain', 5)).toBeUndefined();
  });

  test('history forgets doubles in a row, lines that start with a space, and the oldest', () => {
    expect(remember(remember([], 'a'), 'a')).toEqual(['a']);
    expect(remember(['a'], ' secret')).toEqual(['a']);
    const full = Array.from({ length: MAX_HISTORY }, (_, at) => String(at));
    expect(remember(full, 'new')).toHaveLength(MAX_HISTORY);
    expect(searchHistory(['one', 'two', 'one'], 'O')).toEqual(['one', 'two']);
  });
});

describe('finding by a few letters', () => {
  test('what begins with them is before what holds them, and both before what has them apart', () => {
    const scores = ['approve', 'reapply', 'a plan to print'].map((text) => fuzzy('app', text) ?? -Infinity);
    expect([...scores].sort((a, b) => b - a)).toEqual(scores);
    expect(fuzzy('xyz', 'approve')).toBeUndefined();
  });

  test('a typing error is one step away', () => {
    expect(distance('aprove', 'approve')).toBe(1);
    expect(distance('', 'abc')).toBe(3);
  });

  test('keys have one name on every keyboard', () => {
    const press = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
    expect(keyName({ ...press, key: 'y' })).toBe('y');
    expect(keyName({ ...press, key: 'A', shiftKey: true })).toBe('Shift+A');
    expect(keyName({ ...press, key: '?', shiftKey: true })).toBe('?');
    expect(keyName({ ...press, key: 'k', metaKey: true })).toBe('Mod+K');
    expect(keyName({ ...press, key: '.', ctrlKey: true })).toBe('Mod+.');
  });
});

describe('logs', () => {
  const row = (level: LogRow['level'], source: string, message: string): LogRow => ({
    seq: 1,
    ts: '',
    level,
    source,
    message,
  });
  const rows = [
    row('info', 'agent', 'planning'),
    row('warn', 'node1', 'rows limited to 500'),
    row('error', 'node2', 'failed'),
  ];

  test('the filter understands level, source, words, and what is not wanted', () => {
    const messages = (text: string) => filterLogs(rows, ALL, text).map(({ message }) => message);
    expect(messages('level:warn')).toEqual(['rows limited to 500']);
    expect(messages('source:node2')).toEqual(['failed']);
    expect(messages('"limited to"')).toEqual(['rows limited to 500']);
    expect(messages('-source:agent -failed')).toEqual(['rows limited to 500']);
    expect(messages('')).toHaveLength(3);
  });

  test('levels are counted and switched off', () => {
    expect(countLevels(rows)).toEqual({ debug: 0, info: 1, warn: 1, error: 1 });
    expect(filterLogs(rows, { ...ALL, info: false }, '')).toHaveLength(2);
  });
});

describe('text of tools', () => {
  test('colours become names, everything else a terminal would obey is left out', () => {
    expect(ansiSpans('\u001b[31mred\u001b[0m plain')).toEqual([
      { text: 'red', style: 'ansi-red' },
      { text: ' plain', style: '' },
    ]);
    expect(plainText('a\u001b[2Jb\u001b[10;10Hc\u001b]0;title\u0007d\u0008')).toBe('abcd');
    expect(plainText('<b>&amp;')).toBe('<b>&amp;');
  });

  test('long output is folded', () => {
    const text = Array.from({ length: 20 }, (_, at) => String(at)).join('\n');
    expect(fold(text, 12)).toMatchObject({ more: 8 });
    expect(fold('a\nb', 12)).toEqual({ head: 'a\nb', more: 0 });
  });

  test('a streamed block is closed by a blank line, but not inside a fence', () => {
    expect(closedBlocks('one\n\ntwo').closed).toHaveLength(1);
    expect(closedBlocks('```\na\n\nb\n').closed).toEqual([]);
    expect(closedBlocks('```\na\n\nb\n```\n\nnext')).toMatchObject({ open: 'next' });
  });
});

describe('files', () => {
  test('what could run is shown as text or not at all', () => {
    expect(previewOf('text/html', 'x.html')).toBe('text');
    expect(previewOf('image/svg+xml', 'x.svg')).toBe('text');
    expect(previewOf('application/pdf', 'x.pdf')).toBe('none');
    expect(previewOf('image/png', 'x.png')).toBe('image');
    expect(previewOf('text/markdown; charset=utf-8', 'x')).toBe('markdown');
  });

  test('delimited text is read with its quotes, up to a limit', () => {
    expect(parseTable('a,b\r\n1,"x, ""y"""\n', ',', 10)).toEqual({
      rows: [
        ['a', 'b'],
        ['1', 'x, "y"'],
      ],
      more: false,
    });
    expect(parseTable('a\n1\n2\n3', ',', 2)).toMatchObject({ rows: [['a'], ['1'], ['2']], more: true });
  });

  test('a diff names what was added and removed', () => {
    expect(diffLines('a\nb\nc', 'a\nx\nc').map(({ change, text }) => `${change} ${text}`)).toEqual([
      'same a',
      'removed b',
      'added x',
      'same c',
    ]);
  });
});
