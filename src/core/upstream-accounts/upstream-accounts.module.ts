import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { AccountRenewals } from './account-renewals.service.js';
import { AccountSecrets } from './account-secrets.js';
import { AccountSessions } from './account-sessions.service.js';
import { AccountsRepository } from './accounts.repository.js';
import { BegunSignInsRepository } from './begun-sign-ins.repository.js';
import { ClientsRepository } from './clients.repository.js';
import { OAuthChannel } from './oauth-channel.js';
import { OurClientId } from './our-client.js';
import { SealedAccounts } from './sealed-accounts.js';
import { SignIns } from './sign-ins.service.js';

@Module({
  imports: [ActivityModule],
  providers: [
    AccountRenewals,
    AccountSecrets,
    AccountSessions,
    AccountsRepository,
    BegunSignInsRepository,
    ClientsRepository,
    OAuthChannel,
    OurClientId,
    SealedAccounts,
    SignIns,
  ],
  exports: [AccountSessions, OurClientId, SignIns],
})
export class UpstreamAccountsModule {}
