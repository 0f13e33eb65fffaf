import { type CanActivate, type ExecutionContext, Injectable, NotFoundException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isLoopbackHost, isLoopbackPeer } from '../pipeline/this-machine.js';

/**
 * Only the machine itself, by the address of the peer. The Host header is checked too: a foreign page whose name was made
 * to point at 127.0.0.1 would else read the codes through the browser.
 */
@Injectable()
export class LoopbackGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { raw } = context.switchToHttp().getRequest<FastifyRequest>();
    if (isLoopbackPeer(raw.socket.remoteAddress) && isLoopbackHost(raw.headers.host)) return true;
    throw new NotFoundException();
  }
}
