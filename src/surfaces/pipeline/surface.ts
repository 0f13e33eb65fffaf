import type { IncomingHttpHeaders } from 'node:http';
import type { Credential } from '../../core/identity/credential.js';
import type { AppError } from '../../platform/errors/app-error.js';

export interface RequestHead {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** As the caller wrote it; of the proxy's word where TRUST_PROXY is set. */
  host: string;
  /** Whether it came over TLS; of the proxy's word where TRUST_PROXY is set. */
  secure: boolean;
}

/** Which budget of requests a path draws on; `clients`: the surface counts them, once it knows which client asks. */
export type RateLimitClass = 'auth' | 'registration' | 'clients' | 'general' | 'none';

export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

type Path = `/${string}`;

/** One address, and no other below it. */
interface SharedPath {
  path: Path;
  /** Only these requests; the others are of the surface that has the prefix. */
  when?: (head: Pick<RequestHead, 'headers'>) => boolean;
}

/** How OpenAPI names a credential (3.1, Security Scheme Object). */
export interface SecurityScheme {
  type: 'http' | 'apiKey';
  scheme?: string;
  in?: 'header' | 'cookie';
  name?: string;
  description: string;
}

/** What its OpenAPI document says of a surface. */
export interface SurfaceDocument {
  title: string;
  description: string;
  schemes: Readonly<Record<string, SecurityScheme>>;
  /** Each of them is enough; those named in one are needed together. */
  needs: readonly (readonly string[])[];
}

/** One documented HTTP dialect. Pure: no I/O, no services, no Nest. */
export interface Surface {
  readonly name: string;
  readonly prefixes: readonly Path[];
  /** Come before all prefixes. */
  readonly paths?: readonly SharedPath[];
  /** Of its error answers, for the documentation. */
  readonly errorMediaType: string;
  readonly document?: SurfaceDocument;
  /** Set on each of its answers, unless a controller says otherwise. */
  readonly headers: Readonly<Record<string, string>>;
  /** Browsers send its credential by themselves: what another site makes them send is refused. */
  readonly crossSite?: 'refused';
  /** A body is JSON, whatever its content type says. */
  readonly contentTypes?: 'any';
  /** Whoever calls it counts as a program, for the daily quota of their organization; elsewhere keys alone do. */
  readonly callers?: 'programs';
  /** They are data for programs, thousands a second: with the headers that these have a use for, and no others. */
  readonly answers?: 'data';
  /** Its requests have lines of their own elsewhere, and there are many: only in detailed logs. */
  readonly requestsLogged?: 'in detail';
  limitOf(path: string): RateLimitClass;
  /** @throws AppError when the credential has no readable form */
  readCredential(head: RequestHead): Credential | undefined;
  writeError(error: AppError, context: { requestId: string }): ErrorAnswer;
}

export const isBelow = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);

const SURFACE = Symbol('surface');
const NONE = [] as const;

/** All dialects of this process; a single path, else the longest matching prefix, decides which one a request speaks. */
export class Surfaces {
  private readonly byPath = new Map<string, { surface: Surface; when?: SharedPath['when'] }[]>();
  private readonly byPrefix: readonly { prefix: string; below: string; surface: Surface }[];

  constructor(
    surfaces: readonly Surface[],
    /** Speaks for the paths of nobody. */
    private readonly fallback: Surface,
  ) {
    for (const surface of surfaces) {
      for (const { path, when } of surface.paths ?? []) {
        this.byPath.set(path, [...(this.byPath.get(path) ?? []), { surface, when }]);
      }
    }
    this.byPrefix = surfaces
      .flatMap((surface) => surface.prefixes.map((prefix) => ({ prefix, below: `${prefix}/`, surface })))
      .sort((a, b) => b.prefix.length - a.prefix.length);
  }

  of(head: Pick<RequestHead, 'path' | 'headers'>): Surface {
    return this.find(head) ?? this.fallback;
  }

  /** Once for each head, which remembers it. */
  find(head: Pick<RequestHead, 'path' | 'headers'> & { [SURFACE]?: Surface | null }): Surface | undefined {
    const known = head[SURFACE];
    if (known !== undefined) return known ?? undefined;
    const found = this.lookUp(head);
    head[SURFACE] = found ?? null;
    return found;
  }

  private lookUp(head: Pick<RequestHead, 'path' | 'headers'>): Surface | undefined {
    const { path } = head;
    for (const { surface, when } of this.byPath.get(path) ?? NONE) if (!when || when(head)) return surface;
    for (const { prefix, below, surface } of this.byPrefix) {
      if (path.startsWith(below) || path === prefix) return surface;
    }
    return undefined;
  }
}
