import { FixedWindows } from './fixed-windows.js';

describe('fixed windows', () => {
  test('count by key until the window ends, and then anew', () => {
    const windows = new FixedWindows(60_000);
    expect(windows.take('a', 0)).toEqual({ used: 1, endsAt: 60_000 });
    expect(windows.take('a', 59_999)).toEqual({ used: 2, endsAt: 60_000 });
    expect(windows.take('b', 59_999)).toEqual({ used: 1, endsAt: 119_999 });
    expect(windows.take('a', 60_000)).toEqual({ used: 1, endsAt: 120_000 });
    expect(windows.take('b', 60_000)).toEqual({ used: 2, endsAt: 119_999 });
  });

  test('forget windows that ended, without being asked about them', () => {
    const windows = new FixedWindows(1_000);
    for (let caller = 0; caller < 500; caller += 1) windows.take(`caller ${caller}`, caller);
    expect(windows.size).toBe(500);
    windows.take('last', 1_250);
    expect(windows.size).toBe(250);
  });

  test('forget the oldest key rather than grow', () => {
    const windows = new FixedWindows(60_000, 3);
    for (const key of ['a', 'b', 'c', 'd']) windows.take(key, 0);
    expect(windows.size).toBe(3);
    expect(windows.take('d', 1).used).toBe(2);
    expect(windows.take('a', 1).used).toBe(1);
  });
});
