import { z } from 'zod';
import { GRANT_SCOPES } from '../../../core/approvals/grant.js';
import type { ListedGrant } from '../../../core/inbox/grants-of-people.service.js';

const GrantView = z
  .object({
    id: z.string(),
    server: z.object({ id: z.string(), name: z.string() }),
    tool: z.string().nullable().meta({ description: 'Null: every tool of the server.' }),
    scope: z.enum(GRANT_SCOPES),
    match: z.record(z.string(), z.unknown()).nullable(),
    uses_left: z.int().nullable(),
    expires_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    session_id: z.string().nullable(),
    last_used_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApprovalGrant' });

export const GrantListView = z.object({ grants: z.array(GrantView) }).meta({ id: 'ApprovalGrantList' });

export const toGrantListView = (grants: readonly ListedGrant[]): z.infer<typeof GrantListView> => ({
  grants: grants.map((grant) => ({
    id: grant.id,
    server: { id: grant.serverId, name: grant.serverName },
    tool: grant.tool,
    scope: grant.scope,
    match: grant.match,
    uses_left: grant.maxUses === null ? null : grant.maxUses - grant.uses,
    expires_at: grant.expiresAt?.toISOString() ?? null,
    created_at: grant.createdAt.toISOString(),
    session_id: grant.sessionId,
    last_used_at: grant.lastUsedAt?.toISOString() ?? null,
  })),
});
