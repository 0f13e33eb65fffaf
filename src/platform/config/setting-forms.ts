import { z } from 'zod';

export interface Setting {
  schema: z.ZodType;
  /** As text, the way the environment would give it; absent means unset. */
  preset?: string;
  secret?: boolean;
  about: string;
}

export const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
export const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

export const SECRET_LENGTH = 32;

/** One secret, or several with commas between; a secret may have commas of its own. */
export function secretsIn(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.length > 1 && parts.every(({ length }) => length >= SECRET_LENGTH) ? [text, ...parts] : [text];
}

/** An address with a user and a password in it. What is wrong is said without repeating it. */
export const addressWithPassword = (protocol: RegExp) =>
  z
    .url({
      protocol,
      error: 'not an address of this form; in a password write @ / # ? % as %40 %2F %23 %3F %25',
      abort: true,
    })
    .refine(isDecodable, 'a % in it begins no %XX; write it as %25');

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export const baseUrl = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));
export const dollars = z.coerce.number().min(0).max(1_000_000);
export const MOST_TOKENS = 1_000_000_000_000;

/** `name=value,name=value`, values percent-encoded, as OpenTelemetry takes them (in the form of W3C Baggage). */
export const headers = list.transform((entries, context) => {
  try {
    return Object.fromEntries(
      entries.map((entry) => {
        const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+)\s*=\s*(\S*)$/.exec(entry) ?? [];
        if (name === '') throw new SyntaxError('No name=value.');
        return [name, decodeURIComponent(value)];
      }),
    );
  } catch {
    context.addIssue('expected name=value, with commas between');
    return z.NEVER;
  }
});
