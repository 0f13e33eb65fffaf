import { timingSafeEqual } from 'node:crypto';

/** Crockford's base 32: no letter that is taken for a digit. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 16;

/** 80 bits of a signature as four groups of four, to be read from one screen and typed at another. */
export function claimCode(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url');
  const letters = [...bytes.subarray(0, LENGTH)].map((byte) => LETTERS.charAt(byte & 31)).join('');
  return (letters.match(/.{4}/g) ?? []).join('-');
}

/** In constant time; small letters, blanks, and what looks like a digit are taken as meant. */
export function isClaimCode(given: string, code: string): boolean {
  const [one, other] = [plain(given), plain(code)].map((text) => Buffer.from(text));
  return one !== undefined && other !== undefined && one.length === other.length && timingSafeEqual(one, other);
}

const plain = (text: string): string =>
  text
    .slice(0, 64)
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
