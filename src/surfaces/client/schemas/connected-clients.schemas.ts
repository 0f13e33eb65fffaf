import { z } from 'zod';
import type { ConnectedClient } from '../../../core/identity/client-grant.js';
import { SCOPES } from '../../../core/identity/principal.js';
import { readRedirectTarget } from '../../../core/oauth/redirect-target.js';
import { OrganizationRefView, toOrganizationRefView } from './credentials.schemas.js';

export const ConnectedClientView = z
  .object({
    id: z.string(),
    client_id: z.string(),
    client_kind: z.enum(['registered', 'document']).meta({
      description: 'It registered itself, or its id is the address of a document about it.',
    }),
    name: z.string().meta({ description: 'As the client calls itself; nobody has checked it.' }),
    redirect: z.string().nullable().meta({ description: 'The host, or the scheme, to which it was answered.' }),
    resource: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    organization: OrganizationRefView,
    granted_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
    last_used_ip: z.string().nullable(),
  })
  .meta({ id: 'ConnectedClient' });

export const ConnectedClientListView = z
  .object({ clients: z.array(ConnectedClientView) })
  .meta({ id: 'ConnectedClientList' });

export const toConnectedClientListView = (
  clients: readonly ConnectedClient[],
): z.infer<typeof ConnectedClientListView> => ({
  clients: clients.map((client) => ({
    id: client.id,
    client_id: client.clientId,
    client_kind: client.clientId.startsWith('https://') ? 'document' : 'registered',
    name: client.clientName,
    redirect: readRedirectTarget(client.redirectUri)?.shown ?? null,
    resource: client.resource,
    scopes: client.scopes,
    organization: toOrganizationRefView(client.organization),
    granted_at: client.createdAt.toISOString(),
    last_used_at: client.lastUsedAt?.toISOString() ?? null,
    last_used_ip: client.lastUsedIp,
  })),
});
