import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { FASTIFY_ROUTE_CONSTRAINTS_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { Action } from '../../src/core/identity/permissions.js';
import { Allow, Public } from '../../src/surfaces/pipeline/auth.guard.js';

export interface Route {
  /** `GET /api/v1/servers/:server_id` */
  route: string;
  /** Why it needs no credential; absent when it needs one. */
  open?: string;
  action?: Action;
  /** Another surface has the same route: only with a session cookie it is this one. */
  byCookie?: true;
  /** The name of its class: two may serve one path, over different credentials. */
  controller: string;
}

type Get = <Part>(type: abstract new (...given: never[]) => Part) => Part;

/** Every route of every controller of a running product, as its decorators have it, in order. */
export function listRoutes(get: Get): Route[] {
  const [reflector, scanner] = [get(Reflector), new MetadataScanner()];
  const routes = get(DiscoveryService)
    .getControllers()
    .flatMap(({ instance, metatype }) => {
      if (!metatype) return [];
      const prefixes = [Reflect.getMetadata(PATH_METADATA, metatype) as string | string[]].flat();
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        if (!handler || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
        const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
        const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
        const open = reflector.getAllAndOverride(Public, [handler, metatype]) as string | undefined;
        const action = reflector.getAllAndOverride(Allow, [handler, metatype]) as Action | undefined;
        return prefixes.flatMap((prefix) =>
          paths.map((path): Route => {
            const parts = [prefix, path].map((part) => part.replace(/^\/|\/$/g, '')).filter((part) => part !== '');
            return {
              route: `${method} /${parts.join('/')}`,
              controller: metatype.name,
              ...(Reflect.hasMetadata(FASTIFY_ROUTE_CONSTRAINTS_METADATA, handler) && { byCookie: true }),
              ...(open !== undefined && { open }),
              ...(open === undefined && action !== undefined && { action }),
            };
          }),
        );
      });
    });
  return routes.sort((one, other) => (one.route < other.route ? -1 : 1));
}
