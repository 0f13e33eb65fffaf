import { cautionsOf } from './cautions.js';

const web = (shown: string) => ({ kind: 'web', shown }) as const;
const named = (name: string) => ({ name, host: null });

test('a plain client at a plain host needs no second look', () => {
  expect(cautionsOf({ name: 'Claude Code', host: 'claude.ai' }, web('claude.ai'))).toEqual([]);
  expect(cautionsOf(named('Редактор'), web('example.com'))).toEqual([]);
});

test.each(['Сlaude', 'Clаude', 'Ｃｌａｕｄｅ', '𝐂𝐥𝐚𝐮𝐝𝐞', 'Cοdex'])(
  'a name that only looks like another is told: %s',
  (name) => {
    expect(cautionsOf(named(name), web('example.com'))).toEqual(['look_alike_name']);
  },
);

test('so is a host of other letters, be it of the redirect or of the document', () => {
  expect(cautionsOf(named('A'), web('xn--claude-4ve.ai'))).toEqual(['look_alike_host']);
  expect(cautionsOf({ name: 'A', host: 'www.xn--pple-43d.com' }, web('example.com'))).toEqual(['look_alike_host']);
});

test('a program on a machine may be any program there', () => {
  expect(cautionsOf(named('A'), { kind: 'loopback', shown: '127.0.0.1' })).toEqual(['this_machine']);
  expect(cautionsOf(named('A'), { kind: 'app', shown: 'com.example.app' })).toEqual(['app_scheme']);
});
