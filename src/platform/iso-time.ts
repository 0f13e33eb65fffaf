let second = { at: NaN, text: '' };

/** As `toISOString` writes it; times of one second share all of it but the milliseconds. @throws RangeError for no time */
export function isoTime(ms: number): string {
  const at = Math.floor(ms / 1_000);
  if (at !== second.at) second = { at, text: new Date(ms).toISOString().slice(0, -4) };
  const rest = Math.trunc(ms - at * 1_000);
  return `${second.text}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}
