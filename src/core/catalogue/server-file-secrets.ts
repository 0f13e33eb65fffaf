import { scrubText, secrecyOf } from '../../platform/logging/secret-forms.js';

const LEAST_RANDOM_LENGTH = 20;

/** Long, of letters and digits mixed, without spaces: what keys look like and names do not. */
function looksRandom(text: string): boolean {
  if (text.length < LEAST_RANDOM_LENGTH || /[\s.]/.test(text)) return false;
  const changes = [...text.matchAll(/(?<=\d)[a-z]|(?<=[a-z])\d|(?<=[a-z])[A-Z](?![a-z])/gi)].length;
  return /\d/.test(text) && /[a-z]/i.test(text) && changes >= 3;
}

const mayBeSecret = (name: string, value: string): boolean =>
  secrecyOf(name) !== 'open' || /auth|key|sign/i.test(name) || looksRandom(value) || scrubText(value) !== value;

/** Headers by name; null where the value may be a secret. */
export const withoutSecretHeaders = (headers: Readonly<Record<string, string>>): Record<string, string | null> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, mayBeSecret(name, value) ? null : value]));

/** The address without what in it may be a secret, and whether that is all of it. */
export function withoutSecretParts(text: string): { url: string; isWhole: boolean } {
  const url = new URL(text);
  let isWhole = true;
  for (const [name, value] of [...url.searchParams]) {
    if (!mayBeSecret(name, value)) continue;
    url.searchParams.delete(name);
    isWhole = false;
  }
  const path = url.pathname
    .split('/')
    .map((part) => {
      const plain = decode(part);
      if (!looksRandom(plain) && scrubText(plain) === plain) return part;
      isWhole = false;
      return 'left-out';
    })
    .join('/');
  if (isWhole) return { url: text, isWhole };
  url.pathname = path;
  return { url: url.href, isWhole };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
