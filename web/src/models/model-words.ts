/** `812`, `12.4k`, `1.2M`. */
export function tokens(count: number): string {
  if (count < 1_000) return String(count);
  const [value, unit] = count < 999_950 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M'];
  return `${value < 100 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)}${unit}`;
}

/** US dollars; small sums keep the digits that tell them from nothing. */
export function money(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars < 0.0001) return '< $0.0001';
  return `$${dollars.toFixed(dollars < 1 ? 4 : 2)}`;
}

/** A price as it is listed: `$3`, `$0.30`, `$0.075`. */
const rate = (dollars: number) =>
  `$${Number.isInteger(dollars * 10) && dollars % 1 !== 0 ? dollars.toFixed(2) : dollars}`;

/** What a model can hold, and how full it is. */
export const memoryWords = ({ used, total, unit }: { used: number; total: number; unit: string }) =>
  unit === 'tokens' ? `${tokens(used)}/${tokens(total)} tokens` : `${used}/${total} ${unit}`;

/** For people who compare models: what it reads, what it costs. */
export function modelFacts({
  context_tokens,
  price,
}: {
  context_tokens: number;
  price: { input: number; output: number } | null;
}): string {
  const cost = price ? `${rate(price.input)} in, ${rate(price.output)} out per million tokens` : 'price not known';
  return `${tokens(context_tokens)} tokens · ${cost}`;
}
