import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '../../core/identity/principal.js';

/** On the request itself: a table keyed by requests costs the collector more than what it saves. */
const PRINCIPAL = Symbol('principal');

interface Identified {
  [PRINCIPAL]?: Principal;
}

/** Once, by the guard. */
export const rememberPrincipal = (request: object, principal: Principal): void => {
  (request as Identified)[PRINCIPAL] = principal;
};

export const findPrincipal = (request: object): Principal | undefined => (request as Identified)[PRINCIPAL];

/** Who calls. Not for public routes. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = findPrincipal(context.switchToHttp().getRequest<object>());
  if (!principal) throw new Error('A public route has no principal.');
  return principal;
});
