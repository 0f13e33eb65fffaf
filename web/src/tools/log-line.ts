/** `warning parser: line 4`, as far as a server tells. */
export function logLine(data: Record<string, unknown>): string {
  const said = data.message ?? data.data;
  const words = typeof said === 'string' ? said : JSON.stringify(said);
  const from = [data.level, data.logger].filter((one) => typeof one === 'string').join(' ');
  return [from, words].filter(Boolean).join(': ');
}
