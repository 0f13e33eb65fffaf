import type { EmailAddress } from './email-address.js';

export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 128;
/** UTF-16 units that are looked at, at most: marks of one character may be many. */
const MAX_RAW_LENGTH = 1_024;

const PRODUCT = 'switchyard';
/** A word of fewer letters may be in any password. */
const SHORTEST_WORD = 3;
/** What must be left beside the words that everybody would try. */
const LEAST_BESIDE = 6;

export type PasswordFlaw = 'too_short' | 'too_long' | 'too_easy_to_guess' | 'breached';

/**
 * NFKC, as NIST SP 800-63B 3.1.1.2 advises: what looks the same and is typed the same is the same password on each device.
 * @returns undefined for what is too long to be anybody's password
 */
export function normalizePassword(text: string): string | undefined {
  if (text.length > MAX_RAW_LENGTH) return undefined;
  const password = text.normalize('NFKC');
  return lengthOf(password) <= MAX_PASSWORD_LENGTH ? password : undefined;
}

/** Length and the words of the context; no rules of composition. */
export function flawOf(text: string, email: EmailAddress): PasswordFlaw | undefined {
  const password = normalizePassword(text);
  if (password === undefined) return 'too_long';
  if (lengthOf(password) < MIN_PASSWORD_LENGTH) return 'too_short';
  return isMadeOf(password.toLowerCase(), wordsAbout(email)) ? 'too_easy_to_guess' : undefined;
}

function isMadeOf(password: string, words: readonly string[]): boolean {
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), password);
  return rest !== password && lengthOf(rest) < LEAST_BESIDE;
}

/** Longest first: the address before its parts. */
function wordsAbout(email: EmailAddress): string[] {
  const [local = '', domain = ''] = email.split('@');
  const words = [email, domain, local, ...domain.split('.').slice(0, -1), PRODUCT];
  return words.filter(({ length }) => length >= SHORTEST_WORD).toSorted((one, other) => other.length - one.length);
}

/** In characters as Unicode counts them. */
const lengthOf = (text: string): number => [...text].length;
