/** Shorter ones would also hit ordinary words. */
const LEAST_LENGTH = 6;

/** What is secret by its form, wherever it stands: a password in a URL, a bearer token, a JWT, a signed link, an API key. */
const FORMS: readonly [RegExp, string][] = [
  [/(\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@"'\\]{0,200}):[^\s@/"'\\]{1,500}@/gi, '$1:[redacted]@'],
  [/\b(bearer|basic)(\s+|%20)[\w.~+/=%-]{8,}/gi, '$1 [redacted]'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g, '[redacted]'],
  [/([?&](?:token|ticket|signature|code|api_?key|key|password)=)[^&\s"'\\]+/gi, '$1[redacted]'],
  [/\bmcp_sk_[A-Za-z0-9]{10,}/g, '[redacted]'],
];

/** What each of them has somewhere: most lines have none of it, and are looked at once. */
const MAY_HOLD = /:\/\/|bearer|basic|eyJ|[?&]|mcp_sk_/i;

/** Takes secrets out of a line: those of the settings by their value, the others by their form. */
export function createScrubber(secrets: readonly string[]): (line: string) => string {
  const known = secrets.filter((secret) => secret.length >= LEAST_LENGTH).flatMap(spellings);
  // The longest first: one may begin another.
  const sorted = [...new Set(known)].sort((a, b) => b.length - a.length);
  const values = sorted.length === 0 ? undefined : new RegExp(sorted.map(literally).join('|'), 'g');
  return (line) => {
    const named = values ? line.replace(values, '[redacted]') : line;
    return MAY_HOLD.test(named) ? FORMS.reduce((text, [form, instead]) => text.replace(form, instead), named) : named;
  };
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** As it is, inside JSON, inside a URL. */
const spellings = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
];
