import { randomBytes } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'switchyard-sign-in';
/** As long as a sign-in at a server may take. */
const SECONDS = 600;
const FORM = /^[\w-]{43}$/;

/**
 * What makes a browser one and the same on its way to an authorization server and back. Who has a link of somebody else's
 * sign-in does not have this. `Lax`: the way back is a navigation from another site.
 */
export const SignInBrowser = createParamDecorator((how: 'known' | 'made known', context: ExecutionContext): string => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  const secure = request.protocol === 'https';
  const name = secure ? `__Host-${NAME}` : NAME;
  const known = valueOf(request.headers.cookie, name);
  if (how === 'known') return known ?? '';
  const value = known ?? randomBytes(32).toString('base64url');
  const flags = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  void http.getResponse<FastifyReply>().header('set-cookie', `${name}=${value}; Max-Age=${SECONDS}; ${flags}`);
  return value;
});

function valueOf(cookies = '', name: string): string | undefined {
  const pair = cookies.split(';').find((one) => one.trim().startsWith(`${name}=`));
  const value = pair?.trim().slice(name.length + 1);
  return value !== undefined && FORM.test(value) ? value : undefined;
}
