const ROWS: Record<string, string[]> = {
  S: ['111', '100', '111', '001', '111'],
  W: ['10001', '10001', '10101', '11011', '10001'],
  I: ['1', '1', '1', '1', '1'],
  T: ['111', '010', '010', '010', '010'],
  C: ['111', '100', '100', '100', '111'],
  H: ['101', '101', '111', '101', '101'],
  Y: ['101', '101', '111', '010', '010'],
  A: ['111', '101', '111', '101', '101'],
  R: ['110', '101', '110', '101', '101'],
  D: ['110', '101', '101', '101', '110'],
};
const CELL = 4;
// The cells of a stroke touch: seams would show at some zooms.
const SIDE = CELL + 0.05;

/** The name on a five-row grid; on the sign-in page and at home only. */
export function Wordmark() {
  let x = 0;
  const cells: string[] = [];
  for (const letter of 'SWITCHYARD') {
    const rows = ROWS[letter] ?? [];
    rows.forEach((row, y) => {
      [...row].forEach((cell, at) => {
        if (cell === '1') cells.push(`M${(x + at) * CELL} ${y * CELL}h${SIDE}v${SIDE}h-${SIDE}z`);
      });
    });
    x += (rows[0]?.length ?? 0) + 1;
  }
  return (
    <svg className="wordmark" viewBox={`0 0 ${(x - 1) * CELL} ${5 * CELL}`} role="img" aria-label="Switchyard">
      <path d={cells.join('')} fill="currentColor" />
    </svg>
  );
}

/** Two tracks and the point where they meet. */
export function Mark() {
  return (
    <svg className="mark" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M1 4h5l4 8h5M1 12h4M11 4h4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="square" />
    </svg>
  );
}
