import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isThisMachine } from './this-machine.js';

export interface CallerInfo {
  /** Of the peer; of the proxy's word where TRUST_PROXY is set. */
  ip: string;
  userAgent?: string;
  /** At this very machine, with no proxy between. */
  isThisMachine: boolean;
}

/** From where a request comes. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerInfo => {
  const { ip, headers, raw } = context.switchToHttp().getRequest<FastifyRequest>();
  const userAgent = headers['user-agent'];
  return { ip, isThisMachine: isThisMachine(raw), ...(userAgent !== undefined && { userAgent }) };
});
