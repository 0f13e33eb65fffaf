import { useState } from 'react';
import type { DayCount } from '../api/activity-types.js';
import { barsOf } from './bars.js';

const WIDTH = 360;
const HEIGHT = 72;

/** Bars by day, failures on top of them; the day under the pointer, or chosen by arrows, in words. All of it as a table. */
export function BarChart({ title, days }: { title: string; days: readonly DayCount[] }) {
  const [at, setAt] = useState<number>();
  if (days.length === 0) return null;
  const { bars, most } = barsOf(days, WIDTH, HEIGHT);
  const day = at === undefined ? undefined : days[at];
  const total = days.reduce((sum, { succeeded, failed }) => sum + succeeded + failed, 0);
  return (
    <figure className="chart">
      <figcaption>
        {title}{' '}
        <span className="dim mono" role="status">
          {day === undefined
            ? `${total} in ${days.length} days, at most ${most}`
            : `${day.date}: ${day.succeeded + day.failed}${day.failed > 0 ? `, ${day.failed} failed` : ''}`}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}, ${total} in ${days.length} days. Arrows tell single days.`}
        tabIndex={0}
        onPointerLeave={() => setAt(undefined)}
        onBlur={() => setAt(undefined)}
        onKeyDown={(event) => {
          const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          setAt(Math.min(days.length - 1, Math.max(0, (at ?? days.length - (step > 0 ? 1 : 0)) + step)));
        }}
      >
        {bars.map((bar, index) => (
          <g key={bar.date} data-chosen={index === at} onPointerEnter={() => setAt(index)}>
            <rect className="chart-hit" x={bar.x} y={0} width={bar.step} height={HEIGHT} />
            <rect className="chart-ok" x={bar.x} y={HEIGHT - bar.ok} width={bar.width} height={bar.ok} />
            <rect
              className="chart-failed"
              x={bar.x}
              y={HEIGHT - bar.ok - bar.failed}
              width={bar.width}
              height={bar.failed}
            />
          </g>
        ))}
        <line className="chart-ground" x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      </svg>
      <details className="fold">
        <summary>as a table</summary>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col" className="number">
                Succeeded
              </th>
              <th scope="col" className="number">
                Failed
              </th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ date, succeeded, failed }) => (
              <tr key={date}>
                <td className="mono">{date}</td>
                <td className="number">{succeeded}</td>
                <td className="number">{failed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** As large as one, before there is anything to show. */
export function BlankChart({ title }: { title: string }) {
  return (
    <figure className="chart chart-blank">
      <figcaption>
        {title} <span className="dim mono">…</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <line className="chart-ground" x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      </svg>
      <details className="fold" aria-hidden="true">
        <summary>as a table</summary>
      </details>
    </figure>
  );
}
