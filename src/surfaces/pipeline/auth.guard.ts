import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { IdentityService } from '../../core/identity/identity.service.js';
import { type Action, authorize } from '../../core/identity/permissions.js';
import type { Principal } from '../../core/identity/principal.js';
import { AppError } from '../../platform/errors/app-error.js';
import { ambientFields } from '../../platform/logging/logger.js';
import { type Soon, whenHere } from '@app/soon';
import { credentialOfConnection } from './credential-of-connection.js';
import type { HttpRequest } from './http-exchange.js';
import { requestHead } from './request-path.js';
import { findPrincipal, rememberPrincipal } from './request-principal.js';
import { RequestLimits } from './request-limits.js';
import { Surfaces } from './surface.js';

/** Opens a route, or a whole controller, to everyone; the argument is the reason, in words. */
export const Public = Reflector.createDecorator<string>();

/** What a route does, or all routes of a controller: the table of permissions says who may. */
export const Allow = Reflector.createDecorator<Action>();

/** Closed by default: what is not marked public needs a credential, and what is not marked at all is not served. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly rules = new WeakMap<object, { of: object; rule: Action | 'public' }>();

  constructor(
    private readonly reflector: Reflector,
    private readonly identity: IdentityService,
    private readonly surfaces: Surfaces,
    private readonly limits: RequestLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const rule = this.ruleOf(context);
    const request = context.switchToHttp().getRequest<HttpRequest>();
    if (rule === 'public') this.limits.tell(request);
    else await this.admit(request, rule);
    return true;
  }

  /** Read once for each route: it does not change. */
  private ruleOf(context: ExecutionContext): Action | 'public' {
    const known = this.rules.get(context.getHandler());
    if (known && known.of === context.getClass()) return known.rule;
    const places = [context.getHandler(), context.getClass()];
    const action = this.reflector.getAllAndOverride(Allow, places) as Action | undefined;
    const rule = this.reflector.getAllAndOverride(Public, places) === undefined ? action : 'public';
    if (rule === undefined) throw new Error('A route says neither that it is public nor what it does.');
    this.rules.set(context.getHandler(), { of: context.getClass(), rule });
    return rule;
  }

  /** @throws 401, 429, and 403 when the caller may not do this */
  admit(request: HttpRequest, action: Action): Soon<Principal> {
    return whenHere(this.identify(request), (principal) => {
      this.limits.tell(request);
      authorize(principal, action);
      return principal;
    });
  }

  /** Counts them, too. @throws 401, 429 */
  identify(request: HttpRequest): Soon<Principal> {
    const known = findPrincipal(request);
    if (known) return known;
    const head = requestHead(request);
    const surface = this.surfaces.of(head);
    const credential = credentialOfConnection(request.raw.socket, surface, head);
    if (!credential) throw credentialIsMissing();
    return whenHere(this.identity.authenticate(credential, { ip: request.ip }), (principal) => {
      rememberPrincipal(request, principal);
      tellAmbience(principal);
      return whenHere(this.limits.countPrincipal(request, surface, principal), () => principal);
    });
  }
}

/** For the log, and for what is recorded of what they do. */
function tellAmbience({ userId, username, credentialId, via }: Principal): void {
  const fields = ambientFields();
  fields.userId = userId;
  if (!fields.caller) return;
  fields.caller.actor = { id: userId, name: username };
  fields.caller.credentialId = credentialId;
  fields.caller.via = via;
}

const credentialIsMissing = () => new AppError('unauthenticated', 'CREDENTIAL_MISSING', 'Sign in first.');
