import { z } from 'zod';
import { ACCOUNT_MODES, OAUTH_GRANTS, type OAuthSettings } from '../upstream-accounts/account.js';
import { MAX_CREDENTIAL_LENGTH } from './credentials.js';
import type { OAuthInput } from './oauth-settings.js';

export const OAuthAccount = z.enum(ACCOUNT_MODES);

export const OAuthScope = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'must be a scope: no spaces, quotes or backslashes');

const MAX_SCOPES = 50;

const fields = {
  account: OAuthAccount.meta({
    description: 'shared (default): one account for all who may use the server. per_user: each has their own.',
  }),
  grant: z.enum(OAUTH_GRANTS).meta({
    description: 'authorization_code (default): a person signs in. client_credentials: a machine account.',
  }),
  client_id: z
    .string()
    .trim()
    .max(2_048)
    .regex(/^[\x20-\x7e]*$/, 'must consist of printable ASCII characters')
    .nullable()
    .meta({
      description: 'Of a client that was registered by hand. Without it one is registered where that is possible.',
    }),
  scopes: z
    .array(OAuthScope)
    .max(MAX_SCOPES)
    .nullable()
    .meta({ description: 'Instead of those that the server asks for.' }),
};

/** As a file has it: no secret, and nothing that is half. */
export const FiledOAuth = z
  .strictObject({
    ...fields,
    client_id: z
      .string()
      .max(2_048)
      .regex(/^[\x20-\x7e]+$/, 'must consist of printable ASCII characters')
      .nullable(),
    scopes: z.array(OAuthScope).min(1).max(MAX_SCOPES).nullable(),
  })
  .refine(({ grant, client_id }) => grant !== 'client_credentials' || client_id !== null, {
    error: 'is missing for a machine account',
    path: ['client_id'],
  })
  .refine(({ grant, account }) => grant !== 'client_credentials' || account === 'shared', {
    error: 'must be shared: a machine account is of nobody',
    path: ['account'],
  });

export const fromFiledOAuth = (filed: z.infer<typeof FiledOAuth>): OAuthSettings => ({
  account: filed.account,
  grant: filed.grant,
  clientId: filed.client_id,
  scopes: filed.scopes,
});

/** As every door has it that knows `auth_method`. */
export const OAuthBody = z
  .strictObject({
    ...fields,
    client_secret: z.string().max(MAX_CREDENTIAL_LENGTH).meta({ writeOnly: true }),
    private_key: z
      .string()
      .max(MAX_CREDENTIAL_LENGTH * 2)
      .meta({ writeOnly: true, description: 'PEM, or a JWK as JSON; for private_key_jwt, instead of a secret.' }),
  })
  .partial()
  .nullish()
  .transform((given): OAuthInput | undefined =>
    given
      ? {
          account: given.account,
          grant: given.grant,
          clientId: given.client_id,
          clientSecret: given.client_secret,
          privateKey: given.private_key,
          scopes: given.scopes,
        }
      : undefined,
  )
  .meta({ description: 'How accounts sign in; of auth_method oauth without an access token.' });

export const OAuthView = z.object(fields).nullable().meta({ description: 'Null where no account signs in.' });

export const toOAuthView = (settings: OAuthSettings | null): z.infer<typeof OAuthView> =>
  settings && {
    account: settings.account,
    grant: settings.grant,
    client_id: settings.clientId,
    scopes: settings.scopes && [...settings.scopes],
  };
