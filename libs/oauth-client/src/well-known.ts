/** RFC 8414 and RFC 9728: the well-known part comes between the host and the path. */
export function insertWellKnown(url: string | URL, name: string): string {
  const { origin, pathname, search } = new URL(url);
  const path = pathname === '/' ? '' : pathname.replace(/\/$/, '');
  return `${origin}/.well-known/${name}${path}${search}`;
}

/** OpenID Connect Discovery: it comes after the path. */
export function appendWellKnown(url: string | URL, name: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\/$/, '')}/.well-known/${name}`;
}

export const hasPath = (url: string | URL): boolean => new URL(url).pathname !== '/';
