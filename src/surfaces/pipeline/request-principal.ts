import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '../../core/identity/principal.js';

const principals = new WeakMap<object, Principal>();

/** Once, by the guard. */
export const rememberPrincipal = (request: object, principal: Principal): void =>
  void principals.set(request, principal);

export const findPrincipal = (request: object): Principal | undefined => principals.get(request);

/** Who calls. Not for public routes. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = findPrincipal(context.switchToHttp().getRequest<object>());
  if (!principal) throw new Error('A public route has no principal.');
  return principal;
});
