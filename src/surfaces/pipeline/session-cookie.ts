import type { IncomingHttpHeaders } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Credential } from '../../core/identity/credential.js';
import { twoCredentials } from './two-credentials.js';
import type { RequestHead } from './surface.js';

const NAME = 'switchyard';
/** Browsers take a cookie of this name over TLS only, from this very host, for all of its paths (RFC 6265bis, 4.1.3.2). */
const SECURE_NAME = `__Host-${NAME}`;

/** Over TLS only the cookie that nobody else can have set. @throws 400 for two of them */
export function readSessionCookie({
  headers,
  secure,
}: Pick<RequestHead, 'headers' | 'secure'>): Credential | undefined {
  const [token, second] = valuesOf(headers, secure ? [SECURE_NAME] : [NAME]);
  if (second !== undefined) throw twoCredentials();
  return token ? { scheme: 'cookie', token } : undefined;
}

/** A session cookie of either name, and no `Authorization`. */
export const isByCookieAlone = ({ headers }: Pick<RequestHead, 'headers'>): boolean =>
  headers.authorization === undefined &&
  headers.cookie !== undefined &&
  valuesOf(headers, [NAME, SECURE_NAME]).length > 0;

export interface SessionCookie {
  /** @param maxAgeSeconds how long the browser keeps it */
  set(token: string, maxAgeSeconds: number): void;
  /** The one that the request brought, for so long again. */
  renew(maxAgeSeconds: number): void;
  clear(): void;
}

/** The cookie of the answer. Its name and flags follow how the request really came. */
export const AnswerCookie = createParamDecorator((_: unknown, context: ExecutionContext): SessionCookie => {
  const http = context.switchToHttp();
  const { headers, protocol } = http.getRequest<FastifyRequest>();
  const secure = protocol === 'https';
  const reply = http.getResponse<FastifyReply>();
  const name = secure ? SECURE_NAME : NAME;
  const flags = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const write = (token: string, seconds: number) =>
    void reply.header('set-cookie', `${name}=${token}; Max-Age=${seconds}; ${flags}`);
  return {
    set: write,
    renew: (seconds) => valuesOf(headers, [name]).forEach((token) => write(token, seconds)),
    clear: () => write('', 0),
  };
});

const valuesOf = ({ cookie = '' }: IncomingHttpHeaders, names: readonly string[]): string[] =>
  cookie.split(';').flatMap((pair) => {
    const [name = '', ...value] = pair.split('=');
    return names.includes(name.trim()) ? [value.join('=').trim()] : [];
  });

/** Over which of two documents a path that both have is meant; for `@RouteConstraints`. */
export const BY_COOKIE_ALONE = { credential: 'session_cookie' } as const;

export const credentialConstraint = {
  name: 'credential',
  mustMatchWhenDerived: false,
  storage: <Handler>() => {
    const handlers = new Map<unknown, Handler>();
    return {
      get: (value: unknown): Handler | null => handlers.get(value) ?? null,
      set: (value: unknown, handler: Handler): void => void handlers.set(value, handler),
    };
  },
  deriveConstraint: (request: { headers: IncomingHttpHeaders }) =>
    isByCookieAlone(request) ? BY_COOKIE_ALONE.credential : 'another',
};
