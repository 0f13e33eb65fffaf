import { HashQueue } from './hash-queue.js';

function piece() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { run: () => done, end: () => end() };
}

test('so many run at once, so many wait in their order, and whoever comes then is refused at once', async () => {
  const queue = new HashQueue({ atOnce: 1, waiting: 2 });
  const order: number[] = [];
  const first = piece();
  const running = queue.run(first.run);
  const waiting = [1, 2].map((place) => queue.run(async () => order.push(place)));
  await expect(queue.run(async () => 3)).rejects.toMatchObject({ kind: 'unavailable', code: 'PASSWORDS_BUSY' });
  expect(order).toEqual([]);
  first.end();
  await Promise.all([running, ...waiting]);
  expect(order).toEqual([1, 2]);
  expect(await queue.run(async () => 4)).toBe(4);
});

test('a piece that fails gives its place to the next', async () => {
  const queue = new HashQueue({ atOnce: 1, waiting: 1 });
  const failing = queue.run(async () => Promise.reject(new Error('no')));
  const next = queue.run(async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
