import { emailIsMalformed } from './identity.errors.js';

/** A canonical address: trimmed, lower case, NFC. Two spellings of one mailbox are one value. */
export type EmailAddress = string & { readonly __email: true };

/** RFC 5321 4.5.3.1: 64 for the local part; 254 for the whole, as the path has two brackets of its own. */
const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
const MAX_LABEL_LENGTH = 63;

/** RFC 5322 atext, and letters, digits and marks of any script (RFC 6532); no quoted form. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;

/** @returns undefined for what is no address we would write to */
export function canonicalEmail(text: string): EmailAddress | undefined {
  if (text.length > 2 * MAX_LENGTH) return undefined;
  // Spaces around it are a slip of the keyboard; a line break is somebody's try at a mail header.
  const trimmed = text.replace(/^ +| +$/g, '');
  const email = trimmed.normalize('NFC').toLowerCase().normalize('NFC');
  if (email.length > MAX_LENGTH) return undefined;
  const at = email.lastIndexOf('@');
  const local = email.slice(0, Math.max(0, at));
  const labels = email.slice(at + 1).split('.');
  if (local.length > MAX_LOCAL_LENGTH || !LOCAL.test(local)) return undefined;
  if (labels.length < 2 || !labels.every((label) => label.length <= MAX_LABEL_LENGTH && LABEL.test(label))) {
    return undefined;
  }
  // A last label of digits only is an IPv4 address, not a domain.
  if (/^\d+$/.test(labels.at(-1) ?? '')) return undefined;
  return email as EmailAddress;
}

/** @throws 400 for what is no address we would write to */
export function readEmail(text: string): EmailAddress {
  const email = canonicalEmail(text);
  if (!email) throw emailIsMalformed();
  return email;
}
