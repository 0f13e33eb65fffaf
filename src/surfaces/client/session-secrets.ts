/** What opens something by itself: signed links, tokens in an address, tokens and keys of ours. */
const SECRETS: readonly [RegExp, string][] = [
  [/([?&](?:amp;)?(?:signature|token|ticket|access_token)=)[^&\s"'\\<>)]+/gi, '$1removed'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g, '[token removed]'],
  [/\bmcp_sk_[A-Za-z0-9]{20,}/g, '[key removed]'],
];

/** Credentials never are in events; what a person pasted or a tool printed may hold a link of ours. */
export const withoutSecrets = <Value>(value: Value): Value => clean(value) as Value;

function clean(value: unknown): unknown {
  if (typeof value === 'string') {
    return SECRETS.reduce((text, [secret, instead]) => text.replace(secret, instead), value);
  }
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
}
