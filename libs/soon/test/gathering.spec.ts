import { createGathering } from '../src/index.js';

test('what is held leaves once the event loop has done what it found to do', async () => {
  const gathering = createGathering();
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
  const gathering = createGathering();
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
