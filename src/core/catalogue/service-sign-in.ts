import { OAuthAccount, OAuthScope } from '../registry/oauth-input.js';
import { readSignIn, type SignInSetup } from '../registry/oauth-settings.js';
import { findSecretProblem } from '../registry/credentials.js';
import type { Config, ConfigProblem } from './config.js';
import type { SignInPreset } from './server-json.js';
import type { Fields } from './service-fields.js';

const text = { format: 'string', isRequired: false, isSecret: false } as const;

/** What may be entered for a service whose accounts sign in. Before all other fields, so that their names are these. */
export function addSignInFields(fields: Fields, { account, scopes }: SignInPreset): void {
  fields.add('account', {
    ...text,
    description: 'shared: one account for all who may use the server. per_user: each signs in.',
    choices: OAuthAccount.options,
    default: account ?? 'shared',
  });
  fields.add('clientId', {
    ...text,
    description: 'Of a client that was registered by hand; without it one is registered where that is possible.',
  });
  fields.add('clientSecret', { ...text, isSecret: true, description: 'Of that client, if it has one.' });
  fields.add('scopes', {
    ...text,
    description: 'With spaces between, instead of those that the server asks for.',
    ...(scopes && { default: scopes.join(' ') }),
  });
}

export function readSignInFields(config: Config): { signIn: SignInSetup | undefined; problems: ConfigProblem[] } {
  const { account, clientId, clientSecret, scopes } = config as Readonly<Record<string, string | undefined>>;
  const asked = (scopes ?? '').split(' ').filter((scope) => scope !== '');
  const problems: ConfigProblem[] = [];
  const secretProblem = clientSecret === undefined ? undefined : findSecretProblem(clientSecret);
  if (secretProblem !== undefined) problems.push({ key: 'clientSecret', message: secretProblem });
  if (clientSecret !== undefined && clientId === undefined) {
    problems.push({ key: 'clientId', message: 'is required with a secret' });
  }
  if (clientId !== undefined && !/^[\x20-\x7e]{1,2048}$/.test(clientId)) {
    problems.push({ key: 'clientId', message: 'must consist of printable ASCII characters' });
  }
  if (asked.length > 50 || asked.some((scope) => !OAuthScope.safeParse(scope).success)) {
    problems.push({ key: 'scopes', message: 'must be scopes with spaces between, 50 at most' });
  }
  if (problems.length > 0) return { signIn: undefined, problems };
  const mode = OAuthAccount.options.find((known) => known === account);
  return { signIn: readSignIn({ account: mode, clientId, clientSecret, scopes: asked }), problems };
}

/** Of what was entered before, what may be left out now: the secret of a client is of that client alone. */
export function keptOf(before: Config, entered: Readonly<Record<string, unknown>>): Config {
  const { clientSecret: _secret, ...others } = before;
  return before.clientId === entered.clientId ? before : others;
}
