import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { HttpReply, HttpRequest } from './http-exchange.js';

/** RFC 7240, section 4.3. */
const WAIT = /(?:^|,)\s*wait\s*=\s*(\d{1,6})\s*(?:;|,|$)/i;

/** How long the caller is willing to wait, in milliseconds: `Prefer: wait=<seconds>`, at most `most` seconds; else 0. */
export function preferredWait(most: number, { headers }: HttpRequest, reply: HttpReply): number {
  const { prefer } = headers;
  if (prefer === undefined) return 0;
  const [, seconds] = WAIT.exec(String(prefer)) ?? [];
  if (seconds === undefined) return 0;
  const waited = Math.min(Number(seconds), most);
  reply.header('preference-applied', `wait=${waited}`);
  return waited * 1_000;
}

export const PreferredWait = createParamDecorator((most: number, context: ExecutionContext): number => {
  const http = context.switchToHttp();
  return preferredWait(most, http.getRequest<HttpRequest>(), http.getResponse<HttpReply>());
});
