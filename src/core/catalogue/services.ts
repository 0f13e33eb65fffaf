import type { VisibleServer } from '../registry/access.js';
import { findHeaderProblem, findSecretProblem } from '../registry/credentials.js';
import { DEMO_SERVICE } from '../registry/demo-server.port.js';
import { packageUrl } from '../registry/package-url.js';
import { findUrlProblem } from '../registry/server-url.js';
import type { Config, ConfigProblem } from './config.js';
import { readServerJson, type ServerJson } from './server-json.js';
import type { CatalogueEntry, DescribedService, Service } from './service.js';
import { configSchemaOf, type ServiceField } from './service-fields.js';
import { type WayOrReason, wayOf } from './service-way.js';

/** What this instance runs itself. */
export interface RunsHere {
  /** By `packageUrl`; undefined where it runs none. */
  packages: ReadonlySet<string> | undefined;
  demo: boolean;
}

export interface ReadEntry {
  server: ServerJson | undefined;
  found: WayOrReason;
}

export const isDemo = ({ name }: Pick<CatalogueEntry, 'name'>): boolean => name === DEMO_SERVICE;

/** How the entry's service can be reached by this instance. */
export function readEntry(entry: CatalogueEntry, here: RunsHere): ReadEntry {
  const read = readServerJson(entry.serverJson);
  if (!read.ok) return { server: undefined, found: { ok: false, runs: 'remote', reason: 'Its entry cannot be read.' } };
  const found = isDemo(entry) ? wayToDemo(here) : wayOf(read.server);
  if (!found.ok || found.way.runs === 'remote') return { server: read.server, found };
  const { version } = found.way;
  const isListed = here.packages?.has(packageUrl(version)) === true;
  if (isListed) return { server: read.server, found };
  const reason = here.packages
    ? `An administrator of this instance has to list the package ${version.name}@${version.version} first.`
    : 'This instance runs no packages.';
  return { server: read.server, found: { ok: false, runs: 'package', reason } };
}

/** Where it listens is for the registry to say: nothing is entered for it. */
const wayToDemo = ({ demo }: RunsHere): WayOrReason =>
  demo
    ? {
        ok: true,
        way: { runs: 'remote', transport: 'streamable_http', url: [], headers: [], signsIn: false, fields: [] },
      }
    : { ok: false, runs: 'remote', reason: 'This instance runs no demo server. See the setting DEMO_SERVER.' };

export function toService(entry: CatalogueEntry, { found }: ReadEntry, servers: readonly VisibleServer[]): Service {
  const { id, name, title, description, version, source, enabled } = entry;
  const reason = found.ok ? null : found.reason;
  return {
    ...{ id, name, title, description, version, source, enabled, servers },
    runs: found.ok ? found.way.runs : found.runs,
    available: found.ok && enabled,
    unavailableReason: reason ?? (enabled ? null : 'An administrator of this instance took it out of the catalogue.'),
  };
}

export function describeEntry(
  entry: CatalogueEntry,
  read: ReadEntry,
  servers: readonly VisibleServer[],
): DescribedService {
  const { server, found } = read;
  return {
    ...toService(entry, read, servers),
    configSchema: configSchemaOf(found.ok ? found.way.fields : []),
    capabilities: [...new Set([...(server?.capabilities ?? []), ...servers.flatMap(offersOf)])],
    homepage: server?.homepage ?? null,
  };
}

/** What a server that came of no entry is configured by; nothing where it is a package. */
export const OWN_FIELDS: readonly ServiceField[] = [
  own('url', 'Where the server is.'),
  { ...own('apiKey', 'An API key that it asks for; sent as a bearer token unless a header is named.'), secret: true },
  own('header', 'The header that carries the API key.'),
  { ...own('accessToken', 'An access token that it asks for, instead of an API key.'), secret: true },
];

function own(key: string, description: string): ServiceField {
  return { key, description, type: 'string', repeated: false, required: false, secret: false, isPath: false };
}

const FIND = {
  url: findUrlProblem,
  apiKey: findSecretProblem,
  header: findHeaderProblem,
  accessToken: findSecretProblem,
};

/** The rules that every door has for these. */
export const findOwnProblems = (config: Config): ConfigProblem[] =>
  Object.entries(FIND).flatMap(([key, find]) => {
    const value = config[key];
    const message = typeof value === 'string' ? find(value) : undefined;
    return message === undefined ? [] : [{ key, message }];
  });

export const fieldsOfOwn = ({ transport }: VisibleServer): readonly ServiceField[] =>
  transport === 'stdio' ? [] : OWN_FIELDS;

export function serviceOfServer(server: VisibleServer): DescribedService {
  return {
    id: server.id,
    name: server.name,
    title: server.name,
    description: server.description ?? '',
    version: server.serverInfo?.version ?? 'unknown',
    source: 'server',
    enabled: true,
    servers: [server],
    runs: server.transport === 'stdio' ? 'package' : 'remote',
    available: true,
    unavailableReason: null,
    configSchema: configSchemaOf(fieldsOfOwn(server)),
    capabilities: offersOf(server),
    homepage: null,
  };
}

const offersOf = ({ toolCount, resourceCount, promptCount }: VisibleServer): string[] =>
  Object.entries({ tools: toolCount, resources: resourceCount, prompts: promptCount }).flatMap(([what, count]) =>
    (count ?? 0) > 0 ? [what] : [],
  );
