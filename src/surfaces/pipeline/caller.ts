import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

export interface CallerInfo {
  /** Of the peer; of the proxy's word where TRUST_PROXY is set. */
  ip: string;
  userAgent?: string;
}

/** From where a request comes. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerInfo => {
  const { ip, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const userAgent = headers['user-agent'];
  return { ip, ...(userAgent !== undefined && { userAgent }) };
});
