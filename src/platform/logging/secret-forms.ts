/** What is secret by its form, wherever it stands: a password in a URL, a JWT, a signed link, keys of known makers. */
const COMMON: readonly [RegExp, string][] = [
  [/(\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@"'\\]{0,200}):[^\s@/"'\\]{1,500}@/gi, '$1:[redacted]@'],
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g, '[redacted]'],
  [/([?&](?:token|ticket|signature|code|api_?key|key|password)=)[^&\s"'\\]+/gi, '$1[redacted]'],
  [
    /\b(?:mcp_sk_|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|[sr]k_(?:live|test)_|whsec_|npm_|hf_|dop_v1_)[\w+/=-]{10,}/g,
    '[redacted]',
  ],
  [/\bsk-(?=[\w-]{0,200}\d)[\w-]{16,}/g, '[redacted]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '[redacted]'],
  [/\bAIza[\w-]{35}/g, '[redacted]'],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g, '[redacted]'],
];

/** In lines of ours nothing else follows such a word. */
const IN_LINES: readonly [RegExp, string][] = [[/\b(bearer|basic)(\s+|%20)[\w.~+/=%-]{8,}/gi, '$1 [redacted]']];

const NAMES =
  'password|passwd|passphrase|pwd|secret|token(?!s)|(?:api|access|private|signing)[_-]?key|authorization|cookie|credentials?';

/** In texts of strangers prose stays readable: what looks like no token is none, and a name gives its value away. */
const IN_TEXTS: readonly [RegExp, string][] = [
  [/\b(bearer|basic)(\s+|%20)(?:(?=[\w.~+/=%-]{0,500}\d)[\w.~+/=%-]{6,}|[\w.~+/=%-]{20,})/gi, '$1 [redacted]'],
  [
    new RegExp(
      String.raw`((?:${NAMES})[\w-]{0,20}(?:\\{0,3}["'])?\s{0,4}[:=]\s{0,4})(\\{0,3}["'])(?:\\{3}["']|\\["']|[^])*?(?:\2|$)`,
      'gi',
    ),
    '$1$2[redacted]$2',
  ],
  [
    new RegExp(
      String.raw`((?:${NAMES})[\w-]{0,20}(?:\\{0,3}["'])?\s{0,4}[:=]\s{0,4})[^\s"'\\,;&[{(][^\s"'\\,;&]{3,}`,
      'gi',
    ),
    '$1[redacted]',
  ],
];

const MAY_NAME = new RegExp(NAMES, 'i');

/**
 * What each of the forms has somewhere, and each of the names: most texts have none of it. Several small expressions cost
 * a fraction of one that has all, since V8 skips along a text only for what begins in few ways.
 */
const SCHEMES = /bearer|basic/i;
const WITH_LINE = /(?:mcp_sk|gh[pousr]|github_pat|k_(?:live|test)|whsec|npm|hf|dop_v1)_/;
const WITH_DASH = /sk-|glpat-|xox[abeoprs]-/;
const BARE = /eyJ|A(?:KIA|SIA|Iza)/;
const [SOME_WORDS, OTHER_WORDS, SHORT_WORDS] = [
  /pass|secret|token|session/i,
  /key|cook|cred|auth|pwd|bearer/i,
  /jwt|otp|pin|cv[vc]/i,
];

const mayHold = (text: string): boolean =>
  text.includes('://') ||
  text.includes('?') ||
  text.includes('&') ||
  SCHEMES.test(text) ||
  (text.includes('_') && WITH_LINE.test(text)) ||
  (text.includes('-') && (WITH_DASH.test(text) || text.includes('PRIVATE KEY'))) ||
  BARE.test(text);

const hasWord = (text: string): boolean => SOME_WORDS.test(text) || OTHER_WORDS.test(text);

/** Shorter ones hold none. */
const LEAST_LENGTH = 8;

const without = (text: string, forms: readonly [RegExp, string][]): string =>
  forms.reduce((left, [form, instead]) => left.replace(form, instead), text);

/** A line that we wrote, its secrets taken out by their form. */
export const scrubLine = (line: string): string => (mayHold(line) ? without(without(line, COMMON), IN_LINES) : line);

/** A text that a stranger wrote, its secrets taken out by their form, and what stands behind a name for one. */
export const scrubText = (text: string): string =>
  text.length >= LEAST_LENGTH && (mayHold(text) || (hasWord(text) && MAY_NAME.test(text)))
    ? without(without(text, IN_TEXTS), COMMON)
    : text;

const SECRET_NAME =
  /passw|passphrase|pwd$|secret|apikey|accesskey|privatekey|signingkey|encryptionkey|authorization|credential|cookie|bearer|(?<!page|next|continuation|sync)tokens?$|^auth$|^jwt$|^otp$|^pin$|^cvv$|^cvc$|sessionid$/;
const COUNTED = /tokens$/;

const MOST_NAMES = 2_000;
const LONGEST_NAME = 100;
const seen = new Map<string, 'secret' | 'counted' | 'open'>();

/** Whether a member of this name holds a secret; `counted`: not if it is a number, as in `max_tokens`. */
export function secrecyOf(name: string): 'secret' | 'counted' | 'open' {
  const known = seen.get(name);
  if (known !== undefined) return known;
  const plain = name
    .slice(0, LONGEST_NAME)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  const secrecy = !SECRET_NAME.test(plain) ? 'open' : COUNTED.test(plain) ? 'counted' : 'secret';
  if (name.length <= LONGEST_NAME && seen.size < MOST_NAMES) seen.set(name, secrecy);
  return secrecy;
}

const MAY_HAVE_SECRET_NAME =
  /pass|pwd|secret|token|(?:api|access|private|signing|encryption)[^a-z0-9]{0,3}key|authorization|credential|cookie|bearer|session[^a-z0-9]{0,3}id|"[^"a-z0-9]*(?:auth|jwt|otp|pin|cvv|cvc)[^"a-z0-9]*"/i;

/** False: no member in this JSON has a name for which `secrecyOf` says `secret` or `counted`. */
export const mayNameSecret = (json: string): boolean =>
  (hasWord(json) || SHORT_WORDS.test(json)) && MAY_HAVE_SECRET_NAME.test(json);
