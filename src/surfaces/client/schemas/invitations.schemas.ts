import { z } from 'zod';
import type { Invitation, SentInvitation } from '../../../core/identity/invitation.js';
import { ROLES } from '../../../core/identity/principal.js';

export const InvitationCreate = z
  .strictObject({
    email: z.string().meta({ example: 'ada@example.com' }),
    role: z.enum(ROLES).meta({ description: 'At most your own.' }),
  })
  .meta({ id: 'InvitationCreate' });

export const InvitationToken = z
  .strictObject({ token: z.string().max(256).meta({ description: 'From the link in the mail, behind its #.' }) })
  .meta({ id: 'InvitationToken' });

const shared = {
  id: z.string(),
  role: z.enum(ROLES),
  invited_by: z.string().nullable().meta({ description: 'The username; null when they are gone.' }),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
};

export const SentInvitationView = z
  .object({ ...shared, email: z.string(), expired: z.boolean() })
  .meta({ id: 'SentInvitation' });

export const SentInvitationListView = z
  .object({ invitations: z.array(SentInvitationView) })
  .meta({ id: 'SentInvitationList' });

export const InvitationRevokedView = z.object({ status: z.literal('revoked') }).meta({ id: 'InvitationRevoked' });

export const InvitationView = z
  .object({ ...shared, organization: z.object({ id: z.string(), name: z.string() }) })
  .meta({ id: 'Invitation' });

export const InvitationListView = z.object({ invitations: z.array(InvitationView) }).meta({ id: 'InvitationList' });

export const InvitationDeclinedView = z.object({ status: z.literal('declined') }).meta({ id: 'InvitationDeclined' });

export const InvitationPeekView = z
  .object({
    organization_name: z.string(),
    role: z.enum(ROLES),
    email: z.string(),
    invited_by: z.string().nullable(),
  })
  .meta({ id: 'InvitationPeek' });

const toShared = (invitation: Invitation) => ({
  id: invitation.id,
  role: invitation.role,
  invited_by: invitation.invitedBy,
  created_at: invitation.createdAt.toISOString(),
  expires_at: invitation.expiresAt.toISOString(),
});

export const toSentInvitationView = (invitation: SentInvitation): z.infer<typeof SentInvitationView> => ({
  ...toShared(invitation),
  email: invitation.email,
  expired: invitation.expired,
});

export const toSentInvitationListView = (
  invitations: readonly SentInvitation[],
): z.infer<typeof SentInvitationListView> => ({ invitations: invitations.map(toSentInvitationView) });

const toInvitationView = (invitation: Invitation): z.infer<typeof InvitationView> => ({
  ...toShared(invitation),
  organization: { id: invitation.organizationId, name: invitation.organizationName },
});

export const toInvitationListView = (invitations: readonly Invitation[]): z.infer<typeof InvitationListView> => ({
  invitations: invitations.map(toInvitationView),
});

export const toInvitationPeekView = (invitation: Invitation): z.infer<typeof InvitationPeekView> => ({
  organization_name: invitation.organizationName,
  role: invitation.role,
  email: invitation.email,
  invited_by: invitation.invitedBy,
});
