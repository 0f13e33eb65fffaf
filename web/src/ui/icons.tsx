import { type ReactNode } from 'react';
import type { IconName } from './icon-name.js';

/** Drawn for this product on a 12 × 12 grid: 1.5 px strokes, square caps. */
const GLYPHS = {
  diamond: <path d="M6 1.5 10.5 6 6 10.5 1.5 6z" />,
  'diamond-filled': <path d="M6 1 11 6 6 11 1 6z" fill="currentColor" stroke="none" />,
  waits: <circle cx="6" cy="6" r="4.25" strokeDasharray="2 1.6" />,
  play: <path d="M3 1.5 10 6 3 10.5z" fill="currentColor" stroke="none" />,
  retry: (
    <>
      <path d="M10 6a4 4 0 1 1-1.2-2.9" />
      <path d="M9.25.75v2.75H6.5" />
    </>
  ),
  check: <path d="M1.75 6.5 4.5 9.25 10.25 2.75" />,
  cross: <path d="m2.25 2.25 7.5 7.5m0-7.5-7.5 7.5" />,
  hourglass: <path d="M2.5 1.25h7M2.5 10.75h7M3.25 1.5c0 4 5.5 5 5.5 9m0-9c0 4-5.5 5-5.5 9" />,
  barred: (
    <>
      <circle cx="6" cy="6" r="4.25" />
      <path d="m3.2 3.2 5.6 5.6" />
    </>
  ),
  skip: <path d="M1 7.5 3 5l2 2.5L7 5l1.5 2h2m-1.75-2L11 7 8.75 9" />,
  square: <path d="M2.5 2.5h7v7h-7z" fill="currentColor" stroke="none" />,
  unknown: (
    <>
      <circle cx="6" cy="6" r="4.25" />
      <path d="M6 4.5v3" />
    </>
  ),
  caret: <path d="M4 1.75 8.25 6 4 10.25" />,
  dot: <circle cx="6" cy="6" r="3" fill="currentColor" stroke="none" />,
  ring: <circle cx="6" cy="6" r="3.25" />,
  half: (
    <>
      <circle cx="6" cy="6" r="3.25" />
      <path d="M6 2.75a3.25 3.25 0 0 1 0 6.5z" fill="currentColor" stroke="none" />
    </>
  ),
  triangle: <path d="M6 2 10.5 10h-9z" fill="currentColor" stroke="none" />,
  tool: <path d="M3 2 9 6 3 10z" fill="currentColor" stroke="none" />,
  point: <path d="M5.25 5.25h1.5v1.5h-1.5z" fill="currentColor" stroke="none" />,
  copy: <path d="M4 4h6.25v6.25H4zM1.75 7.75v-6h6" />,
  fork: (
    <>
      <path d="M3 10.75V1.25M3 7.5c0-2.5 6-1.5 6-5" />
      <path d="M6.75 4 9 1.75 11.25 4" />
    </>
  ),
  save: <path d="M6 1v6.5M3 5l3 3 3-3M1.5 10.75h9" />,
  view: (
    <>
      <path d="M.75 6C2.5 3.25 4.25 2.5 6 2.5S9.5 3.25 11.25 6C9.5 8.75 7.75 9.5 6 9.5S2.5 8.75.75 6z" />
      <circle cx="6" cy="6" r="1.25" />
    </>
  ),
  pause: <path d="M3.75 2v8M8.25 2v8" />,
  arrow: <path d="M6 1.5v8.75M2.75 7 6 10.25 9.25 7" />,
  up: <path d="M6 10.5V1.75M2.75 5 6 1.75 9.25 5" />,
  clock: (
    <>
      <circle cx="6" cy="6" r="4.5" />
      <path d="M6 3.25V6l2 1.5" />
    </>
  ),
  dash: <path d="M2.5 6h7" />,
} satisfies Record<IconName, ReactNode>;

/** The sheet that every `Icon` points into; rendered once. */
export function Sprite() {
  return (
    <svg className="sprite" aria-hidden="true">
      {Object.entries(GLYPHS).map(([name, glyph]) => (
        <symbol key={name} id={`i-${name}`} viewBox="0 0 12 12">
          <g fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="square">
            {glyph}
          </g>
        </symbol>
      ))}
    </svg>
  );
}

/** Decorative: the word beside it says the same. */
export function Icon({ name, size = 12 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} aria-hidden="true" focusable="false">
      <use href={`#i-${name}`} />
    </svg>
  );
}
