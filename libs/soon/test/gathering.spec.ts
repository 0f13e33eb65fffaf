import { createGathering, type Gathering } from '../src/index.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** In which several came together just now. */
async function createBusy(count = 2): Promise<Gathering> {
  const gathering = createGathering();
  for (let one = 0; one < count; one += 1) gathering(() => undefined);
  await turn();
  return gathering;
}

test('what is held leaves once the event loop has done what it found to do', async () => {
  const gathering = await createBusy();
  const order: string[] = [];
  const left = new Promise<void>((resolve) => {
    gathering(() => {
      order.push('it leaves');
      resolve();
    });
  });
  await Promise.resolve().then(() => order.push('at once'));
  process.nextTick(() => order.push('in this turn'));
  await left;
  expect(order).toEqual(['at once', 'in this turn', 'it leaves']);
});

test('sixteen leave without waiting, in their order, and those after them wait anew', async () => {
  const gathering = await createBusy();
  const left: number[] = [];
  const all = Array.from({ length: 16 }, (_, at) => at);
  for (const one of all.slice(1)) gathering(() => left.push(one));
  expect(left).toEqual([]);
  gathering(() => left.push(16));
  expect(left).toEqual([...all.slice(1), 16]);
  const last = new Promise<void>((resolve) => gathering(resolve));
  expect(left).toHaveLength(16);
  await last;
});

test('who comes alone, turn after turn, leaves at once; who comes second waits for the end of the turn', async () => {
  const gathering = createGathering();
  const left: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    gathering(() => left.push(name));
    expect(left.at(-1)).toBe(name);
    await turn();
  }
  gathering(() => left.push('one'));
  gathering(() => left.push('another'));
  expect(left.at(-1)).toBe('one');
  await turn();
  expect(left.at(-1)).toBe('another');
});

test('after a turn in which several came, those who come alone wait for a few turns', async () => {
  const gathering = await createBusy(4);
  const waited: boolean[] = [];
  for (let count = 0; count < 5; count += 1) {
    let hasLeft = false;
    gathering(() => (hasLeft = true));
    waited.push(!hasLeft);
    await turn();
  }
  expect(waited).toEqual([true, true, true, false, false]);
});
