import { z } from 'zod';
import type { Imported } from '../../../core/catalogue/catalogue-editing.service.js';
import type { Configured } from '../../../core/catalogue/configuration.service.js';
import {
  type DescribedService,
  type Service,
  SERVICE_SOURCES,
  type ServicePage,
} from '../../../core/catalogue/service.js';
import type { ListedPackage } from '../../../core/registry/listed-package.js';
import { isExactVersion, isPackageName } from '../../../core/registry/package-url.js';
import { MAX_NAME_LENGTH, MAX_URL_LENGTH } from '../../../core/registry/server.js';
import { idSchema, type ServerId, type ServiceId } from '../../../platform/ids.js';
import type { PageRequest } from '../../../platform/page.js';
import { page, PAGE_SIZE, toNext } from './page.schemas.js';
import { CheckView, ServerView, toCheckView, toServerView } from './server-views.js';

const MAX_FILTER = 200;
const document = z.record(z.string(), z.unknown()).meta({ description: 'A server.json of the MCP Registry.' });

export const serviceId = z
  .string()
  .max(100)
  .transform((value) => value as ServiceId | ServerId);

export const CatalogueQuery = z
  .strictObject({
    page,
    q: z.string().max(MAX_FILTER).default('').meta({ description: 'What name or description contain.' }),
  })
  .transform(({ page: number, q }) => ({ filter: q, page: { page: number, size: PAGE_SIZE } satisfies PageRequest }));

export const ServiceConfigure = z
  .strictObject({
    config: z.record(z.string().max(200), z.unknown()).meta({ description: 'As its config_schema says.' }),
    name: z
      .string()
      .trim()
      .min(1)
      .max(MAX_NAME_LENGTH)
      .refine((name) => !/\p{Cc}/u.test(name), 'must not have control characters')
      .optional()
      .meta({ description: 'Of a new server; that of the service, with a number if it is taken, unless given.' }),
    server_id: idSchema('mcp')
      .optional()
      .meta({ description: 'A server of this service to change; a new one is made unless given.' }),
  })
  .transform(({ server_id: serverId, ...body }) => ({ ...body, serverId }))
  .meta({ id: 'ServiceConfigure' });

export const ServiceCreate = z
  .strictObject({ server_json: document })
  .transform(({ server_json: serverJson }) => ({ serverJson }))
  .meta({ id: 'CatalogueServiceCreate' });

export const ServiceUpdate = z
  .strictObject({ enabled: z.boolean().optional(), server_json: document.optional() })
  .transform(({ enabled, server_json: serverJson }) => ({ enabled, serverJson }))
  .meta({ id: 'CatalogueServiceUpdate' });

export const CatalogueImport = z
  .union([
    z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(MAX_URL_LENGTH) }),
    z.strictObject({ document: z.record(z.string(), z.unknown()) }),
  ])
  .meta({ id: 'CatalogueImport' });

export const PackageCreate = z
  .strictObject({
    package: z.string().refine(isPackageName, 'must be the name of an npm package'),
    version: z.string().refine(isExactVersion, 'must be one exact version, such as 1.2.3'),
  })
  .transform(({ package: name, version }) => ({ name, version }))
  .meta({ id: 'ListedPackageCreate' });

const listed = {
  id: z.string().meta({ description: '`svc_…`; of a server without an entry in the catalogue `mcp_…`.' }),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  version: z.string(),
  source: z.enum([...SERVICE_SOURCES, 'server']).meta({
    description: '`curated`: ships with the product; `document`, `url`: an administrator brought it; `server`: yours.',
  }),
  enabled: z.boolean(),
  configured: z.boolean(),
  server_ids: z.array(z.string()).meta({ description: 'Your servers of it, oldest first.' }),
  runs: z.enum(['remote', 'package']),
  available: z.boolean(),
  unavailable_reason: z.string().nullable(),
};

export const CatalogueView = z
  .object({ services: z.array(z.object(listed).meta({ id: 'CatalogueService' })), next: z.string().optional() })
  .meta({ id: 'Catalogue' });

export const ServiceDetailsView = z
  .object({
    ...listed,
    config_schema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema 2020-12.' }),
    capabilities: z.array(z.string()),
    homepage: z.string().nullable(),
  })
  .meta({ id: 'CatalogueServiceDetails' });

export const ServiceConfiguredView = z
  .object({
    server: ServerView,
    report: z.object({
      ok: z.boolean().meta({ description: 'Whether it works as it is; it was kept in any case.' }),
      latency: z.int().nullable().meta({ description: 'Milliseconds.' }),
      counts: z.object({ tools: z.int(), resources: z.int(), prompts: z.int() }),
      checks: z.array(CheckView),
    }),
  })
  .meta({ id: 'ServiceConfigured' });

export const ImportedView = z
  .object({
    added: z.array(z.string()),
    changed: z.array(z.string()),
    left_out: z.array(z.object({ name: z.string(), reason: z.string() })),
  })
  .meta({ id: 'CatalogueImported' });

const PackageView = z
  .object({
    id: z.string(),
    package: z.string(),
    version: z.string(),
    listed_at: z.iso.datetime(),
    listed_by: z.string().nullable(),
    servers: z.int().meta({ description: 'Of all organizations.' }),
  })
  .meta({ id: 'ListedPackage' });
export const ListedPackageView = PackageView;
export const PackageListView = z.object({ packages: z.array(PackageView) }).meta({ id: 'ListedPackages' });

const toListed = (service: Service): z.infer<(typeof CatalogueView)['shape']['services']['element']> => ({
  id: service.id,
  name: service.name,
  title: service.title,
  description: service.description,
  version: service.version,
  source: service.source,
  enabled: service.enabled,
  configured: service.servers.length > 0,
  server_ids: service.servers.map(({ id }) => id),
  runs: service.runs,
  available: service.available,
  unavailable_reason: service.unavailableReason,
});

export const toCatalogueView = ({ services, next }: ServicePage): z.infer<typeof CatalogueView> => ({
  services: services.map(toListed),
  ...toNext({ items: services, ...(next !== undefined && { next }) }),
});

export const toServiceDetailsView = (service: DescribedService): z.infer<typeof ServiceDetailsView> => ({
  ...toListed(service),
  config_schema: service.configSchema,
  capabilities: [...service.capabilities],
  homepage: service.homepage,
});

export const toServiceConfiguredView = ({ server, report }: Configured): z.infer<typeof ServiceConfiguredView> => ({
  server: toServerView(server),
  report: {
    ok: report.ok,
    latency: report.latencyMs === undefined ? null : Math.round(report.latencyMs),
    counts: { tools: report.counts.tools, resources: report.counts.resources, prompts: report.counts.prompts },
    checks: report.checks.map(toCheckView),
  },
});

export const toImportedView = ({ added, changed, leftOut }: Imported): z.infer<typeof ImportedView> => ({
  added,
  changed,
  left_out: leftOut.map(({ name, reason }) => ({ name, reason })),
});

export const toPackageView = (listed: ListedPackage): z.infer<typeof PackageView> => ({
  id: listed.id,
  package: listed.name,
  version: listed.version,
  listed_at: listed.listedAt.toISOString(),
  listed_by: listed.listedBy,
  servers: listed.servers,
});

export const toPackageListView = (packages: readonly ListedPackage[]): z.infer<typeof PackageListView> => ({
  packages: packages.map(toPackageView),
});
