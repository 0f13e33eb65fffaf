import { scrubLine } from './secret-forms.js';

/** Shorter ones would also hit ordinary words. */
const LEAST_LENGTH = 6;

/**
 * Takes secrets out of a text: those of the settings by their value, the others by their form.
 * @param byForm for lines of ours unless given
 */
export function createScrubber(secrets: readonly string[], byForm = scrubLine): (text: string) => string {
  const known = secrets.filter((secret) => secret.length >= LEAST_LENGTH).flatMap(spellings);
  // The longest first: one may begin another.
  const sorted = [...new Set(known)].sort((a, b) => b.length - a.length);
  const values = sorted.length === 0 ? undefined : new RegExp(sorted.map(literally).join('|'), 'g');
  return (text) => byForm(values ? text.replace(values, '[redacted]') : text);
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** As it is, inside JSON, inside a URL. */
const spellings = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
];
