const MAX_TEXT = 1000;
const MIN_SECRET = 6;

/** An upstream's text, shortened, without what we sent it as a credential (some servers echo it). */
export function redact(text: string, sent: readonly string[]): string {
  const secrets = sent.flatMap((value) => [value, ...value.split(' ')]);
  const longestFirst = secrets.filter((value) => value.length >= MIN_SECRET).sort((a, b) => b.length - a.length);
  const clean = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}…` : clean;
}
