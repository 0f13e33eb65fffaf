/** Where a client goes, and the person at its browser. */
export interface Meeting {
  mcpUrl: string;
  /** Signs in and allows it. @returns where the client is answered, with a code, without going there */
  browse: (address: URL) => Promise<URL>;
  /** A folder for what the client keeps. */
  folder: string;
  /** A program that does the same and goes there, and what it has to know: it is given the address. */
  browser: { command: string; env: Record<string, string> };
}

export interface Met {
  tools: string[];
  /** What `test_simple_text` answered. */
  text: string;
}

export const TOOL = 'test_simple_text';

/** Of one server by its own names, of all by their prefixed ones. */
export function toolIn(names: readonly string[]): string {
  const found = names.find((name) => name === TOOL || name.endsWith(`__${TOOL}`));
  if (found === undefined) throw new Error(`There is no ${TOOL} among ${names.join(', ')}.`);
  return found;
}

/** Of a result of `tools/call`. */
export function textOf(result: unknown): string {
  const { content } = result as { content: { type: string; text?: string }[] };
  return content.map(({ text = '' }) => text).join('');
}
