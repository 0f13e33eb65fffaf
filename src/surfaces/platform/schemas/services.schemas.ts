import { z } from 'zod';
import type { DescribedService, Service, ServicePage } from '../../../core/catalogue/service.js';
import type { ServerOffer } from '../../../core/registry/tools.service.js';
import type { ServerId, ServiceId } from '../../../platform/ids.js';
import type { PageRequest } from '../../../platform/page.js';
import { envelope, MessageMeta, NoMeta, succeed } from './envelope.js';
import { paginate, PaginationMeta, PaginationQuery } from './pagination.js';

const MAX_FILTER = 200;

export const serviceId = z
  .string()
  .max(100)
  .transform((value) => value as ServiceId | ServerId);

export const ServicesQuery = z
  .object({ filter: z.string().max(MAX_FILTER).default('').meta({ description: 'What name or description contain.' }) })
  .catchall(z.string())
  .transform(({ filter, ...page }, context) => {
    const read = PaginationQuery.safeParse(page);
    if (read.success) return { filter, page: read.data };
    for (const { path, message } of read.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });

export const ServiceConfiguration = z
  .strictObject({
    config: z.record(z.string().max(200), z.unknown()).meta({ description: 'As its configSchema says.' }),
  })
  .meta({ id: 'ServiceConfiguration' });

const listed = {
  id: z.string().meta({ description: '`svc_…`; of a server without an entry in the catalogue `mcp_…`.' }),
  name: z.string(),
  description: z.string(),
  isConfigured: z.boolean().meta({ description: 'Whether your organization has a server of it that you see.' }),
  version: z.string(),
};

export const ServiceListView = envelope(
  z.object({
    services: z.array(
      z.object({ ...listed, available: z.boolean().meta({ description: 'Whether it can be configured now.' }) }),
    ),
  }),
  PaginationMeta,
).meta({ id: 'ServiceList' });

export const ServiceView = envelope(
  z.object({
    service: z.object({
      ...listed,
      configSchema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema 2020-12 of `config`.' }),
      capabilities: z.array(z.string()),
      available: z.boolean(),
      unavailableReason: z.string().optional(),
      homepage: z.string().optional(),
    }),
  }),
  NoMeta,
).meta({ id: 'Service' });

export const ServiceConfiguredView = envelope(
  z.object({
    service: z.object({ id: z.string(), name: z.string(), isConfigured: z.boolean(), status: z.literal('active') }),
  }),
  MessageMeta,
).meta({ id: 'ServiceConfigured' });

export const ServiceToolsView = envelope(
  z.object({
    tools: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        description: z.string(),
        inputSchema: z.record(z.string(), z.unknown()),
        outputSchema: z.record(z.string(), z.unknown()).optional(),
        annotations: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
  NoMeta,
).meta({ id: 'ServiceTools' });

const toListed = (service: Service) => ({
  id: service.id,
  name: service.title,
  description: service.description,
  isConfigured: service.servers.length > 0,
  version: service.version,
});

export const toServiceListView = (page: PageRequest, found: ServicePage): z.infer<typeof ServiceListView> =>
  succeed(
    { services: found.services.map((service) => ({ ...toListed(service), available: service.available })) },
    paginate(page, found.total),
  );

export const toServiceView = (service: DescribedService): z.infer<typeof ServiceView> =>
  succeed(
    {
      service: {
        ...toListed(service),
        configSchema: service.configSchema,
        capabilities: [...service.capabilities],
        available: service.available,
        ...(service.unavailableReason !== null && { unavailableReason: service.unavailableReason }),
        ...(service.homepage !== null && { homepage: service.homepage }),
      },
    },
    {},
  );

export const toServiceConfiguredView = (service: DescribedService): z.infer<typeof ServiceConfiguredView> => {
  const { id, name, isConfigured } = toListed(service);
  return succeed(
    { service: { id, name, isConfigured, status: 'active' as const } },
    {
      message: 'Service configured successfully',
    },
  );
};

export const toServiceToolsView = ({ tools }: Pick<ServerOffer, 'tools'>): z.infer<typeof ServiceToolsView> =>
  succeed(
    {
      tools: tools.map((tool) => ({
        name: tool.name,
        title: tool.title,
        description: tool.description,
        inputSchema: tool.inputSchema,
        ...(tool.outputSchema !== undefined && { outputSchema: tool.outputSchema }),
        annotations: tool.annotations,
      })),
    },
    {},
  );
