export const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
};

export const median = (values) => percentile(values, 0.5);

/** `connections` clients that each send and wait, one after another, for so long. */
export async function hammer(clients, seconds) {
  const until = performance.now() + seconds * 1000;
  const times = [];
  const started = performance.now();
  await Promise.all(
    clients.map(async (roundTrip) => {
      while (performance.now() < until) {
        const sent = performance.now();
        await roundTrip();
        times.push(performance.now() - sent);
      }
    }),
  );
  const elapsed = (performance.now() - started) / 1000;
  return { perSecond: times.length / elapsed, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

const round = (value, digits = 1) => Number(value.toFixed(digits));

/** Ours and the reference by turns, so that what else the machine does meets both. */
export async function inTurns(rounds, measure) {
  const found = { ours: [], bare: [] };
  for (let count = 0; count < rounds; count += 1) {
    for (const who of ['bare', 'ours']) found[who].push(await measure(who));
  }
  return found;
}

/** Medians of rounds; the ratio is the median of the ratios of each round. */
export function reportRounds(bar, { ours, bare }, what, options) {
  const ratios = ours.map((result, index) => what(result) / what(bare[index]));
  report(bar, median(ours.map(what)), median(bare.map(what)), { ...options, ratio: median(ratios) });
}

/** One line for people, one JSON line for machines. */
export function report(bar, ours, reference, { limit, higherIsBetter, ratio = ours / reference }) {
  const pass = limit === undefined || (higherIsBetter ? ratio >= limit : ratio <= limit);
  const bound = limit === undefined ? 'no limit' : `${higherIsBetter ? 'at least' : 'at most'} ${limit}`;
  const figures = `${round(ours, 2)} against ${round(reference, 2)}`;
  console.log(`${pass ? 'ok  ' : 'MISS'} ${bar}: ${figures}, ratio ${round(ratio, 2)} (${bound})`);
  const line = {
    bar,
    value: round(ratio, 3),
    limit: limit ?? null,
    pass,
    ours: round(ours, 3),
    reference: round(reference, 3),
  };
  console.log(JSON.stringify(line));
  results.push(line);
}

/** All that was reported. */
export const results = [];
