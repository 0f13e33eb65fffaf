import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { AccessTokens } from './access-tokens.js';
import { AccountsRepository } from './accounts.repository.js';
import { AccountsService } from './accounts.service.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { BrowserSessionsService } from './browser-sessions.service.js';
import { ClientGrantsRepository } from './client-grants.repository.js';
import { ClientGrantsService } from './client-grants.service.js';
import { CredentialsRepository } from './credentials.repository.js';
import { CredentialsService } from './credentials.service.js';
import { CredentialUses } from './credential-uses.js';
import { DailyRequestsRepository } from './daily-requests.repository.js';
import { DailyRequests } from './daily-requests.service.js';
import { IdentityService } from './identity.service.js';
import { InstanceClaimRepository } from './instance-claim.repository.js';
import { InstanceClaimService } from './instance-claim.service.js';
import { LocalCaller } from './local-caller.service.js';
import { MailLinksRepository } from './mail-links.repository.js';
import { MailLinksService } from './mail-links.service.js';
import { OneTimeCodesRepository } from './one-time-codes.repository.js';
import { OneTimeCodesService } from './one-time-codes.service.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { OrganizationPlansService } from './organization-plans.service.js';
import { ProfilesService } from './profiles.service.js';
import { PasswordCareService } from './password-care.service.js';
import { PasswordChangedHandler } from './password-changed.handler.js';
import { PasswordSignInService } from './password-sign-in.service.js';
import { PasswordsRepository } from './passwords.repository.js';
import { PasswordsService } from './passwords.service.js';
import { ResourceTokens } from './resource-tokens.js';
import { RegistrationsService } from './registrations.service.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { SendCodeHandler } from './send-code.handler.js';
import { SendLinkHandler } from './send-link.handler.js';
import { RecordFailureHandler } from './record-failure.handler.js';
import { SignInFailures } from './sign-in-failures.js';
import { SignInService } from './sign-in.service.js';
import { SignInsRepository } from './sign-ins.repository.js';
import { SignInsService } from './sign-ins.service.js';
import { OldDays } from './old-days.js';
import { OldKeys } from './old-keys.js';
import { OldSignIns } from './old-sign-ins.js';
import { InstanceOrganizationsService } from './instance-organizations.service.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { LockedOrganization } from './locked-organization.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { OldInvitations } from './old-invitations.js';
import { OrganizationsService } from './organizations.service.js';
import { ReceivedInvitationsService } from './received-invitations.service.js';
import { SendInvitationHandler } from './send-invitation.handler.js';
import { WebhookDisabledHandler } from './webhook-disabled.handler.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';

@Module({
  imports: [ActivityModule, WebhooksModule],
  providers: [
    AccessTokens,
    AccountsRepository,
    AccountsService,
    ApiKeysRepository,
    ApiKeysService,
    BrowserSessionsService,
    ClientGrantsRepository,
    ClientGrantsService,
    CredentialUses,
    CredentialsRepository,
    CredentialsService,
    DailyRequests,
    DailyRequestsRepository,
    IdentityService,
    InstanceClaimRepository,
    InstanceClaimService,
    InstanceOrganizationsService,
    InvitationsRepository,
    InvitationsService,
    LockedOrganization,
    LocalCaller,
    MailLinksRepository,
    MailLinksService,
    MembersRepository,
    MembersService,
    OldInvitations,
    OldDays,
    OldKeys,
    OldSignIns,
    OneTimeCodesRepository,
    OneTimeCodesService,
    OrganizationPlansService,
    OrganizationsRepository,
    OrganizationsService,
    PasswordCareService,
    PasswordChangedHandler,
    PasswordSignInService,
    PasswordsRepository,
    PasswordsService,
    ProfilesService,
    ReceivedInvitationsService,
    RecordFailureHandler,
    RefreshTokensRepository,
    RefreshTokensService,
    RegistrationsService,
    ResourceTokens,
    SendCodeHandler,
    SendInvitationHandler,
    SendLinkHandler,
    SignInFailures,
    SignInService,
    SignInsRepository,
    SignInsService,
    WebhookDisabledHandler,
  ],
  exports: [
    AccountsService,
    ApiKeysService,
    BrowserSessionsService,
    ClientGrantsService,
    CredentialsService,
    DailyRequests,
    IdentityService,
    InstanceClaimService,
    InstanceOrganizationsService,
    InvitationsService,
    LocalCaller,
    MailLinksService,
    MembersService,
    OrganizationPlansService,
    OrganizationsService,
    PasswordCareService,
    PasswordSignInService,
    ProfilesService,
    ReceivedInvitationsService,
    RecordFailureHandler,
    RegistrationsService,
    ResourceTokens,
    SendCodeHandler,
    SignInService,
    SignInsService,
  ],
})
export class IdentityModule {}
