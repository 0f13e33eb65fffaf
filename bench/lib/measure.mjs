export const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
};

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

/** One line for people, one JSON line for machines. */
export function report(bar, ours, reference, { limit, higherIsBetter }) {
  const ratio = ours / reference;
  const pass = higherIsBetter ? ratio >= limit : ratio <= limit;
  console.log(
    `${pass ? 'ok  ' : 'MISS'} ${bar}: ${round(ours)} against ${round(reference)}, ratio ${round(ratio, 2)} (${limit})`,
  );
  console.log(
    JSON.stringify({ bar, value: round(ratio, 3), limit, pass, ours: round(ours, 2), reference: round(reference, 2) }),
  );
}
