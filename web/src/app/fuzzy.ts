/** How well the letters of `query` occur in order in `text`; higher is better, undefined is no match. */
export function fuzzy(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase();
  const given = text.toLowerCase();
  if (wanted === '') return 0;
  const at = given.indexOf(wanted);
  if (at >= 0) return 1_000 - at - (given.length - wanted.length) / 100;
  let from = 0;
  let score = 100;
  for (const letter of wanted) {
    const found = given.indexOf(letter, from);
    if (found < 0) return undefined;
    score -= found - from;
    from = found + 1;
  }
  return score;
}

/** Number of single-letter changes between two words, for "did you mean". */
export function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
