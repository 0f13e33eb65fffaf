import type { DayCount } from '../api/activity-types.js';

export interface Bar {
  date: string;
  x: number;
  /** From this bar to the next. */
  step: number;
  width: number;
  /** Heights. */
  ok: number;
  failed: number;
}

/** Less than this would not be seen. */
const LEAST = 1.5;

/** Days as bars in a box; what is not nothing is seen. */
export function barsOf(days: readonly DayCount[], width: number, height: number): { bars: Bar[]; most: number } {
  const most = Math.max(0, ...days.map(({ succeeded, failed }) => succeeded + failed));
  const step = days.length === 0 ? width : width / days.length;
  const tall = (count: number) => (count <= 0 ? 0 : Math.max(LEAST, (count / most) * (height - LEAST)));
  const bars = days.map(({ date, succeeded, failed }, at) => ({
    date,
    x: at * step,
    step,
    width: Math.max(1, step - 2),
    ok: tall(succeeded),
    failed: tall(failed),
  }));
  return { bars, most };
}
