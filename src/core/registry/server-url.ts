import { parseIp } from '@app/egress';

/** What is wrong with the address of an MCP server, for people, or undefined. What it may reach is egress's question. */
export function findUrlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'must be a URL such as https://example.com/mcp';
  if (url.protocol === 'npm:') return 'must begin with http:// or https://: packages are set up from the catalogue';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with http:// or https://';
  if (url.username !== '' || url.password !== '') {
    return 'must not carry a user name or password: store it in "credentials", with auth_method "api_key" or "oauth"';
  }
  // An empty fragment is one too, and the parser's `hash` does not show it.
  if (text.includes('#')) return 'must not have a fragment (#…)';
  return undefined;
}

/** Whether both lead to the same scheme, host and port; each is a URL. */
export const isSameOrigin = (one: string, other: string): boolean => new URL(one).origin === new URL(other).origin;

/** Whether judging it asks no resolver: an address in any spelling, or a name of the machine itself. */
export function isLiteralHost(text: string): boolean {
  const host = new URL(text).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return parseIp(host) !== undefined || host === 'localhost' || host.endsWith('.localhost');
}
