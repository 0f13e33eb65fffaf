import { causesOf } from '@app/egress';
import type { UpstreamErrorCode } from './upstream-error.js';

export interface NetworkFailure {
  code: UpstreamErrorCode;
  message: string;
  /** Whether the request may have left. */
  sent: boolean;
  fix: string;
  detail: string;
}

type Known = Omit<NetworkFailure, 'detail'>;

const unreachable = (message: string, fix: string, sent = false): Known => ({
  code: 'UPSTREAM_UNREACHABLE',
  message,
  sent,
  fix,
});

const tls = (message: string, fix: string): Known => ({ code: 'UPSTREAM_TLS', message, sent: false, fix });

const NO_HOST = unreachable('There is no host of that name.', 'Check the spelling of the host name.');
const NO_ROUTE = unreachable('The host cannot be reached from here.', 'Check the address and the network.');
const NO_ANSWER: Known = {
  code: 'UPSTREAM_TIMEOUT',
  message: 'The host does not answer.',
  sent: false,
  fix: 'Check the address; a firewall may be in between.',
};
const CLOSED = unreachable(
  'The server closed the connection without an answer.',
  'Check the port, and whether the server wants https.',
  true,
);
const UNTRUSTED = tls(
  'The certificate of the server is not one that is trusted.',
  'Install a certificate of a known authority, or turn off TLS verification for this server.',
);
const NOT_TLS = tls('The server does not speak TLS on this port.', 'Write the URL with http://, or use the TLS port.');

const BY_CODE: Record<string, Known> = {
  ECONNREFUSED: unreachable('Nothing listens on this port.', 'Start the server, or check the port in the URL.'),
  ENOTFOUND: NO_HOST,
  EAI_AGAIN: NO_HOST,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  EADDRNOTAVAIL: NO_ROUTE,
  EACCES: NO_ROUTE,
  EPERM: NO_ROUTE,
  ETIMEDOUT: NO_ANSWER,
  UND_ERR_CONNECT_TIMEOUT: NO_ANSWER,
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  UND_ERR_SOCKET: CLOSED,
  UND_ERR_CLOSED: CLOSED,
  UND_ERR_DESTROYED: CLOSED,
  UND_ERR_HEADERS_OVERFLOW: {
    code: 'UPSTREAM_PROTOCOL',
    message: 'The server sends more headers than are accepted.',
    sent: true,
    fix: 'Check that the URL is that of an MCP server.',
  },
  CERT_HAS_EXPIRED: tls('The certificate of the server has expired.', 'Renew the certificate.'),
  CERT_NOT_YET_VALID: tls('The certificate of the server is not valid yet.', 'Check the clock of the server.'),
  ERR_TLS_CERT_ALTNAME_INVALID: tls(
    'The certificate belongs to another host name.',
    'Use the host name that the certificate was made for.',
  ),
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
};

const NOT_HTTP: Known = {
  code: 'UPSTREAM_PROTOCOL',
  message: 'The server answers, but not in HTTP.',
  sent: true,
  fix: 'Check the port; another kind of service listens there.',
};

/** Finds the errno, TLS or HTTP parser code in a chain of causes and says what it means; undefined for other errors. */
export function networkFailure(error: unknown): NetworkFailure | undefined {
  for (const code of codesOf(error)) {
    const known = BY_CODE[code.code] ?? byFamily(code);
    if (known) return { ...known, detail: code.code };
  }
  return undefined;
}

function byFamily({ code, message }: { code: string; message: string }): Known | undefined {
  if (code.startsWith('HPE_')) return NOT_HTTP;
  if (code === 'EPROTO' && /wrong version|packet length|http request/i.test(message)) return NOT_TLS;
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) return UNTRUSTED;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return tls('No TLS connection could be agreed upon.', 'Check which versions of TLS the server offers.');
  }
  return undefined;
}

function* codesOf(error: unknown): Generator<{ code: string; message: string }> {
  for (const one of causesOf(error)) {
    const message = 'message' in one && typeof one.message === 'string' ? one.message : '';
    const code = 'code' in one ? one.code : undefined;
    if (code === 'ECONNRESET' && message.includes('before secure TLS connection')) yield { code: 'EPROTO', message };
    if (typeof code === 'string') yield { code, message };
    if ('name' in one && one.name === 'HTTPParserError') yield { code: 'HPE_INVALID', message };
  }
}
