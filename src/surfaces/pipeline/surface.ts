import type { IncomingHttpHeaders } from 'node:http';
import type { Credential } from '../../core/identity/credential.js';
import type { AppError } from '../../platform/errors/app-error.js';

export interface RequestHead {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
}

/** Which budget of requests a path draws on. */
export type RateLimitClass = 'auth' | 'general' | 'none';

export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** One documented HTTP dialect. Pure: no I/O, no services, no Nest. */
export interface Surface {
  readonly name: string;
  readonly prefixes: readonly `/${string}`[];
  /** Of its error answers, for the documentation. */
  readonly errorMediaType: string;
  /** Set on each of its answers, unless a controller says otherwise. */
  readonly headers: Readonly<Record<string, string>>;
  limitOf(path: string): RateLimitClass;
  /** @throws AppError when the credential has no readable form */
  readCredential(head: RequestHead): Credential | undefined;
  writeError(error: AppError, context: { requestId: string }): ErrorAnswer;
}

export const isBelow = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);

/** All dialects of this process; the longest matching prefix decides which one a path speaks. */
export class Surfaces {
  private readonly byPrefix: readonly { prefix: string; surface: Surface }[];

  constructor(
    surfaces: readonly Surface[],
    /** Speaks for the paths of nobody. */
    private readonly fallback: Surface,
  ) {
    this.byPrefix = surfaces
      .flatMap((surface) => surface.prefixes.map((prefix) => ({ prefix, surface })))
      .sort((a, b) => b.prefix.length - a.prefix.length);
  }

  of(path: string): Surface {
    return this.find(path) ?? this.fallback;
  }

  find(path: string): Surface | undefined {
    return this.byPrefix.find(({ prefix }) => isBelow(path, prefix))?.surface;
  }
}
