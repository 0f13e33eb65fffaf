import { isId, newId } from './ids.js';

test('ids are UUIDs of version 7, never the same, and sort by their moment', () => {
  const ids = Array.from({ length: 2_000 }, (_, at) => newId('evt', 1_700_000_000_000 + at));
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^evt_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
});

test('an id is of its own kind only', () => {
  expect(isId('session', newId('session'))).toBe(true);
  expect(isId('plan', newId('session'))).toBe(false);
  expect(isId('session', 'session_1')).toBe(false);
});
