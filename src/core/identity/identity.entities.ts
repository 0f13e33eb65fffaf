import { MailLinkEntity } from './mail-link.entity.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { MembershipEntity } from './membership.entity.js';
import { OneTimeCodeEntity } from './one-time-code.entity.js';
import { OrganizationEntity } from './organization.entity.js';
import { RefreshFamilyEntity } from './refresh-family.entity.js';
import { RefreshTokenEntity } from './refresh-token.entity.js';
import { UserEntity } from './user.entity.js';

/** All tables of this context, for the data source. */
export const IDENTITY_ENTITIES = [
  UserEntity,
  OrganizationEntity,
  MailLinkEntity,
  MembershipEntity,
  OneTimeCodeEntity,
  RefreshFamilyEntity,
  RefreshTokenEntity,
  ApiKeyEntity,
];
