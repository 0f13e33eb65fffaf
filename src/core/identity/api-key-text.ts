import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** So that people, scanners for leaked secrets and doors know one when they see it. */
export const API_KEY_PREFIX = 'mcp_sk_';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
const FORM = new RegExp(`^${API_KEY_PREFIX}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);

/** `mcp_sk_`, 30 random base62 digits (178 bits), 6 of their CRC-32. */
export function newApiKeyText(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return API_KEY_PREFIX + random + checksum(random);
}

/** Whether it can be one at all: what was mistyped or invented needs no question to the database. */
export function isApiKeyText(text: string): boolean {
  if (!FORM.test(text)) return false;
  const random = text.slice(API_KEY_PREFIX.length, -CHECKSUM_LENGTH);
  return text.slice(-CHECKSUM_LENGTH) === checksum(random);
}

/** What is stored. No slow hash: nobody guesses 178 random bits. */
export const hashOfApiKey = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** The last characters, by which its owner tells one from another. */
export const hintOfApiKey = (text: string): string => text.slice(-4);

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = (ALPHABET[rest % ALPHABET.length] ?? '') + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
