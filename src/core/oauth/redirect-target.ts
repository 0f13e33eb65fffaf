/** Where a client gets its codes, judged by the form of the address. */
export type RedirectTarget =
  | { kind: 'web'; shown: string }
  /** On the machine of whoever asks: any program there may answer at it. */
  | { kind: 'loopback'; shown: string }
  /** A scheme that a program claimed on its machine. */
  | { kind: 'app'; shown: string };

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** RFC 8252, 7.1: a domain name that the author has, reversed. */
const REVERSED_DOMAIN = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;
/** Programs that are in wide use and did not keep to that. */
const KNOWN_APPS = new Set(['cursor:', 'vscode:', 'vscode-insiders:', 'windsurf:']);
const MAX_LENGTH = 2_000;
/** Browsers and parsers disagree about what these are. */
const AMBIGUOUS = /[\s\\\p{Cc}\p{Cf}]/u;

/** Undefined for what may be no redirect URI. */
export function readRedirectTarget(uri: string): RedirectTarget | undefined {
  if (uri.length > MAX_LENGTH || AMBIGUOUS.test(uri) || uri.includes('#')) return undefined;
  const url = URL.parse(uri);
  if (!url || url.username !== '' || url.password !== '') return undefined;
  const { protocol, hostname, host } = url;
  if (protocol === 'https:') return LOOPBACK.has(hostname) ? undefined : { kind: 'web', shown: host };
  if (protocol === 'http:') return LOOPBACK.has(hostname) ? { kind: 'loopback', shown: hostname } : undefined;
  if (!KNOWN_APPS.has(protocol) && !REVERSED_DOMAIN.test(protocol)) return undefined;
  return { kind: 'app', shown: protocol.slice(0, -1) };
}

/** What a remembered consent is bound to beside the client: programs on a machine choose their port anew each time. */
export function consentTargetOf(uri: string): string {
  const target = readRedirectTarget(uri);
  return target ? `${target.kind}:${target.shown}` : '';
}
