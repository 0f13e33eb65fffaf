import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { IdentityService } from '../../core/identity/identity.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { AppError } from '../../platform/errors/app-error.js';
import { ambientFields } from '../../platform/logging/logger.js';
import { requestPath } from './request-path.js';
import { findPrincipal, rememberPrincipal } from './request-principal.js';
import { Surfaces } from './surface.js';

/** Opens a route, or a whole controller, to everyone; the argument is the reason, in words. */
export const Public = Reflector.createDecorator<string>();

/** Closed by default: what is not marked public needs a credential. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identity: IdentityService,
    private readonly surfaces: Surfaces,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    await this.identify(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  /** @throws 401 */
  async identify(request: FastifyRequest): Promise<Principal> {
    const known = findPrincipal(request);
    if (known) return known;
    const path = requestPath(request);
    const { method, headers } = request;
    const credential = this.surfaces.of(path).readCredential({ method, path, headers });
    if (!credential) throw credentialIsMissing();
    const principal = await this.identity.authenticate(credential.token);
    rememberPrincipal(request, principal);
    Object.assign(ambientFields(), { userId: principal.userId });
    return principal;
  }
}

const credentialIsMissing = () => new AppError('unauthenticated', 'CREDENTIAL_MISSING', 'Sign in first.');
