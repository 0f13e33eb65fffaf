import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseAccount, runsAsRoot } from './account.js';

const NOWHERE = join(tmpdir(), 'no-such-cluster');

if (runsAsRoot()) {
  test('root finds an account also where the program that knows accounts is missing', async () => {
    const path = process.env.PATH;
    const chosen = await chooseAccount(NOWHERE);
    process.env.PATH = '/nowhere';
    try {
      expect(await chooseAccount(NOWHERE)).toEqual(chosen);
    } finally {
      process.env.PATH = path;
    }
    expect(chosen.ids?.uid).toBeGreaterThan(0);
  });
} else {
  test('an ordinary user runs it as itself', async () => {
    expect(await chooseAccount(NOWHERE)).toEqual({ name: 'this user', ids: undefined });
  });
}
