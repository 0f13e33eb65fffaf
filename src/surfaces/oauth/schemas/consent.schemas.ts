import { z } from 'zod';
import { ROLES } from '../../../core/identity/principal.js';
import type { ConsentQuestion } from '../../../core/oauth/authorization-request.js';
import { CAUTIONS } from '../../../core/oauth/cautions.js';
import { RESOURCE_SCOPES } from '../../../core/oauth/resources.js';
import { idSchema } from '../../../platform/ids.js';

export const ConsentQuery = z
  .strictObject({ organization_id: idSchema('org').optional() })
  .transform(({ organization_id: organizationId }) => ({ organizationId }));

export const ConsentDecision = z
  .strictObject({
    decision: z.enum(['allow', 'continue', 'deny']).meta({
      description: '`continue` asks nobody anew: it counts where the same was agreed to before.',
    }),
    organization_id: idSchema('org').optional().meta({ description: 'Needed to allow.' }),
  })
  .transform(({ decision, organization_id }) => ({ decision, organizationId: organization_id }))
  .meta({ id: 'ConsentDecision' });

const Scopes = z.array(z.enum(RESOURCE_SCOPES));

export const ConsentView = z
  .object({
    client: z.object({
      id: z.string(),
      name: z.string().meta({ description: 'As the client calls itself; nobody has checked it.' }),
      host: z.string().nullable().meta({ description: 'Where its document is from; null: it registered itself.' }),
    }),
    redirect: z.object({ kind: z.enum(['web', 'loopback', 'app']), shown: z.string() }),
    cautions: z.array(z.enum(CAUTIONS)),
    resource: z.object({
      url: z.string(),
      kind: z.enum(['all', 'server', 'toolset']),
      name: z.string().nullable(),
      title: z.string().nullable().meta({ description: 'Of the server or toolset, as people know it.' }),
      found: z.boolean().meta({ description: 'False: in this organization there is nothing at that address.' }),
    }),
    scopes: Scopes,
    new_scopes: Scopes.meta({ description: 'Not agreed to before.' }),
    username: z.string(),
    organization_id: z.string(),
    organizations: z.array(
      z.object({ id: z.string(), name: z.string(), role: z.enum(ROLES), remembered: z.boolean() }),
    ),
    servers: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        tool_count: z.int().nullable(),
        tools: z.array(z.string()).meta({ description: 'Some of them.' }),
      }),
    ),
    server_count: z.int(),
  })
  .meta({ id: 'Consent' });

export const DecidedView = z
  .object({ redirect_to: z.string().meta({ description: 'Where the browser goes on.' }) })
  .meta({ id: 'ConsentDecided' });

export const toConsentView = (question: ConsentQuestion): z.infer<typeof ConsentView> => {
  const { client, redirect, resource, contents, person } = question;
  const { place } = resource;
  return {
    client,
    redirect,
    cautions: question.cautions,
    resource: {
      url: resource.identifier,
      kind: place.kind,
      name: place.kind === 'all' ? null : place.name,
      title: contents.title,
      found: contents.isThere,
    },
    scopes: question.scopes,
    new_scopes: question.newScopes,
    username: person.username,
    organization_id: question.organizationId,
    organizations: question.organizations.map(({ id, name, role, isRemembered }) => ({
      id,
      name,
      role,
      remembered: isRemembered,
    })),
    servers: contents.servers.map(({ id, name, toolCount, tools }) => ({ id, name, tool_count: toolCount, tools })),
    server_count: contents.serverCount,
  };
};
