import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** RFC 9110, section 8.8.3; a weak one never fits. */
const STRONG_TAG = /(?<!W\/)"([^"]*)"/g;

/** The versions that the caller has read, by the header If-Match (RFC 9110, section 13.1.1); undefined: whatever it is now. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): string[] | undefined => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  return [...header.matchAll(STRONG_TAG)].map(([, version = '']) => version);
});

/** Tells the version of a thing as ETag, and hands it on. */
export type VersionedAnswer<Thing> = (thing: Thing) => Thing;

export const Versioned = createParamDecorator(
  <Thing>(versionOf: (thing: Thing) => string, context: ExecutionContext): VersionedAnswer<Thing> =>
    (thing) => {
      context
        .switchToHttp()
        .getResponse<FastifyReply>()
        .header('etag', `"${versionOf(thing)}"`);
      return thing;
    },
);
