import { randomInt } from 'node:crypto';

/** Guesses that are compared, of one code. */
export const MAX_ATTEMPTS = 5;
/** And of all codes to one address within a day: fresh codes and other networks are no fresh guesses. */
export const MAX_GUESSES_A_DAY = 50;

export const newCode = (): string => randomInt(0, 1_000_000).toString().padStart(6, '0');

export const isCodeShaped = (text: string): boolean => /^[0-9]{6}$/.test(text);

/**
 * Seconds that must lie between two codes. Each code that was guessed to death on the same part of the network within a
 * day doubles it, so that fresh codes are no fresh guesses; one hour at most.
 */
export function cooldownSeconds(base: number, exhaustedCodes: number): number {
  const grown = base * 2 ** Math.min(exhaustedCodes, 12);
  return Math.min(grown, Math.max(base, 3_600));
}
