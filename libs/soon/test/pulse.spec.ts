import { AsyncLocalStorage } from 'node:async_hooks';
import { type Ageing, NOWHERE, Pulse } from '../src/index.js';

const surroundings = new AsyncLocalStorage<string>();

/** Resolves with the surroundings in which it is looked at, and leaves. */
function lookedAt(pulse: Pulse): Promise<string | undefined> {
  return new Promise((resolve) => {
    const member: Ageing = {
      slot: NOWHERE,
      age: () => {
        pulse.remove(member);
        resolve(surroundings.getStore());
      },
    };
    pulse.add(member);
  });
}

test('all that waits is looked at, in nobody’s surroundings, and again after nothing waited', async () => {
  const pulse = new Pulse(5);
  const seen = await surroundings.run('of the first', () => Promise.all([lookedAt(pulse), lookedAt(pulse)]));
  expect(seen).toEqual([undefined, undefined]);
  pulse.stop();
  expect(await lookedAt(pulse)).toBeUndefined();
  pulse.stop();
});
