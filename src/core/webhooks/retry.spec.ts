import { pauseAfter } from './retry.js';

const HOUR = 3_600_000;

/** All pauses of a delivery that is never taken. */
function pauses(random: () => number): number[] {
  const all: number[] = [];
  for (let pause = pauseAfter(1, random); pause !== undefined; pause = pauseAfter(all.length + 1, random))
    all.push(pause);
  return all;
}

describe('the pauses between attempts', () => {
  it('make ten attempts, within 24 hours at the longest', () => {
    const longest = pauses(() => 1);
    expect(longest).toHaveLength(9);
    const sum = longest.reduce((total, pause) => total + pause, 0);
    expect(sum).toBeLessThan(24 * HOUR);
    expect(sum).toBeGreaterThan(20 * HOUR);
  });

  it('grow, and differ from one another by chance', () => {
    const shortest = pauses(() => 0);
    expect(shortest).toEqual([...shortest].sort((one, other) => one - other));
    expect(pauses(() => 0.5)).not.toEqual(shortest);
  });
});
