import { newId } from '../../platform/ids.js';
import { isCaller } from './tool-callers.js';

const ada = { role: 'developer', userId: newId('user') } as const;
const named = { userId: ada.userId, username: 'ada' };
const olga = { role: 'owner', userId: newId('user') } as const;

test('a tool without a word about it is called by whoever may use its server', () => {
  expect(isCaller(ada, { callers: null })).toBe(true);
});

test('a role lets itself and those above it in', () => {
  const callers = { leastRole: 'admin', users: [] } as const;
  expect(isCaller(ada, { callers })).toBe(false);
  expect(isCaller(olga, { callers })).toBe(true);
  expect(isCaller({ ...ada, role: 'admin' }, { callers })).toBe(true);
});

test('a name lets one in whatever their role', () => {
  const callers = { leastRole: 'owner', users: [named] } as const;
  expect(isCaller(ada, { callers })).toBe(true);
});

test('a list of names alone leaves everybody else out, an owner too', () => {
  const callers = { leastRole: null, users: [named] };
  expect(isCaller(ada, { callers })).toBe(true);
  expect(isCaller(olga, { callers })).toBe(false);
  expect(isCaller(olga, { callers: { leastRole: null, users: [] } })).toBe(false);
});
