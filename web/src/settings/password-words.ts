/** The only rule that a person can see kept while typing; the server knows those that were in a breach. */
export const LEAST_PASSWORD = 8;
export const MOST_PASSWORD = 128;

/** What is to be said of a new password while it is typed. */
export function lengthWords(password: string): string {
  const length = [...password].length;
  if (length > MOST_PASSWORD) return `${length} characters: at most ${MOST_PASSWORD}.`;
  if (length === 0) return `At least ${LEAST_PASSWORD} characters; a few words are better than signs.`;
  if (length < LEAST_PASSWORD) return `${length} of at least ${LEAST_PASSWORD} characters.`;
  return `${length} characters.`;
}

export function isLongEnough(password: string): boolean {
  const { length } = [...password];
  return length >= LEAST_PASSWORD && length <= MOST_PASSWORD;
}
