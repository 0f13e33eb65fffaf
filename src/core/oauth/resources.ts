import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG, ORIGIN, type Origin } from '../../platform/tokens.js';
import type { Scope } from '../identity/principal.js';

/** What a token may be asked for; the first two are given to who asks for nothing. */
export const RESOURCE_SCOPES = ['mcp:read', 'mcp:execute'] as const satisfies readonly Scope[];
export type ResourceScope = (typeof RESOURCE_SCOPES)[number];

/** Where the gateway answers, as the path says it. */
export type ResourcePlace = { kind: 'all' } | { kind: 'server' | 'toolset'; name: string };

export interface Resource {
  /** What tokens for it have as their audience. */
  identifier: string;
  place: ResourcePlace;
}

const PATH = /^\/mcp(?:\/([st])\/([A-Za-z0-9._-]{1,128}))?$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const METADATA = '/.well-known/oauth-protected-resource';

/** The addresses that tokens are issued for, and where it is said who issues them (RFC 8707, RFC 9728). */
@Injectable()
export class Resources {
  constructor(
    @Inject(ORIGIN) private readonly origin: Origin,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  get issuer(): string {
    return `${this.origin.url}/oauth`;
  }

  /** The canonical address of a path of ours. */
  at(path: string): string {
    return `${this.origin.url}${path}`;
  }

  /** Undefined for what is none of ours. Whether there is such a server or toolset is not looked at. */
  read(identifier: string): Resource | undefined {
    const url = URL.parse(identifier);
    if (!url || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') return undefined;
    if (url.origin !== this.originAt(url.host)) return undefined;
    const place = readPlace(url.pathname);
    return place && { identifier: this.at(url.pathname), place };
  }

  /** All addresses by which clients may have asked for it. */
  namesOf(identifier: string): string[] {
    const { pathname, port, protocol } = new URL(identifier);
    if (this.config.http.publicUrl !== undefined) return [identifier];
    return [...LOOPBACK].map((host) => `${protocol}//${host}${port === '' ? '' : `:${port}`}${pathname}`);
  }

  /** As it is known to a client that wrote `host` into its request; undefined for a path that is no resource. */
  describe(path: string, host: string): { resource: string; place: ResourcePlace } | undefined {
    const place = readPlace(path);
    return place && { resource: `${this.originAt(host)}${path}`, place };
  }

  /** Where the metadata of the resource at this path are, for `resource_metadata` in `WWW-Authenticate` (RFC 9728, 5.1). */
  metadataUrl(path: string, host: string): string {
    return `${this.originAt(host)}${METADATA}${path}`;
  }

  /** On one machine without PUBLIC_URL each name of it will do; clients compare the names. */
  private originAt(host: string): string {
    const { url } = this.origin;
    if (this.config.http.publicUrl !== undefined) return url;
    const asked = URL.parse(`http://${host}`);
    return asked && LOOPBACK.has(asked.hostname) && asked.port === new URL(url).port ? asked.origin : url;
  }
}

function readPlace(path: string): ResourcePlace | undefined {
  const [matched, kind, name] = PATH.exec(path) ?? [];
  if (matched === undefined) return undefined;
  return kind === undefined || name === undefined
    ? { kind: 'all' }
    : { kind: kind === 's' ? 'server' : 'toolset', name };
}
