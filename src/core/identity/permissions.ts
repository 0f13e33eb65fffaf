import { AppError } from '../../platform/errors/app-error.js';
import { type Principal, type Role, ROLES, type Scope, SCOPES } from './principal.js';

/** The least that a caller needs. */
type Rule =
  | { role: Role; scope: Scope; unlimited?: true }
  /** Only a person who signed in, never a key: what could make a stolen key into more than it is. */
  | { role: Role; signedIn: true }
  /** Of the whole instance; a person, too. */
  | { instanceAdministrator: true };

/** Every action of every door, and the least that it needs. What one may do with one server, see the registry's grants. */
export const ACTIONS = {
  'profile.read': { role: 'viewer', scope: 'mcp:read' },
  'profile.change': { role: 'viewer', signedIn: true },
  'password.change': { role: 'viewer', signedIn: true },
  'credentials.manage': { role: 'viewer', signedIn: true },
  'keys.manage': { role: 'viewer', signedIn: true },
  /** Programs of others that one lets in. */
  'clients.manage': { role: 'viewer', signedIn: true },
  'sign_in.end': { role: 'viewer', signedIn: true },

  'organization.read': { role: 'viewer', scope: 'mcp:read' },
  'organization.change': { role: 'admin', scope: 'admin' },
  'organization.transfer': { role: 'owner', signedIn: true },
  'members.read': { role: 'admin', scope: 'admin' },
  'members.manage': { role: 'admin', scope: 'admin' },
  /** One's own: belonging to several, answering invitations, leaving. */
  'memberships.manage': { role: 'viewer', signedIn: true },

  'servers.read': { role: 'viewer', scope: 'mcp:read' },
  'servers.create': { role: 'developer', scope: 'mcp:write' },
  'servers.change': { role: 'developer', scope: 'mcp:write' },
  'servers.test': { role: 'developer', scope: 'mcp:write' },

  'sessions.read': { role: 'viewer', scope: 'mcp:read' },
  /** What goes on in a session outlives the request, and others take part: a key that is limited to some tools is kept out. */
  'sessions.use': { role: 'developer', scope: 'mcp:execute', unlimited: true },
  'artifacts.read': { role: 'viewer', scope: 'mcp:read' },
  'models.read': { role: 'viewer', scope: 'mcp:read' },
  'usage.read': { role: 'viewer', scope: 'mcp:read' },

  /** Selections of tools for the gateway. */
  'toolsets.read': { role: 'viewer', scope: 'mcp:read' },
  'toolsets.manage': { role: 'developer', scope: 'mcp:write', unlimited: true },
  /** How clients are shown tools where nobody else says it. */
  'gateway.change': { role: 'admin', scope: 'admin' },
  'tools.call': { role: 'developer', scope: 'mcp:execute' },
  /** A definition: of a server that one manages. */
  'tools.decide': { role: 'developer', signedIn: true },
  'approvals.read': { role: 'viewer', scope: 'mcp:read' },
  'approvals.decide': { role: 'developer', signedIn: true },
  /** One's own, and those of all for administrators. */
  'requests.read': { role: 'viewer', scope: 'mcp:read' },

  'catalogue.read': { role: 'viewer', scope: 'mcp:read' },
  'webhooks.manage': { role: 'admin', scope: 'admin' },
  'servers.export': { role: 'admin', scope: 'admin' },
  'servers.import': { role: 'admin', signedIn: true },
  'dashboard.read': { role: 'viewer', scope: 'mcp:read' },

  'activity.read': { role: 'admin', scope: 'admin' },
  /** How the instance is set up, and whether what it needs answers. */
  'instance.read': { role: 'admin', scope: 'admin' },

  /** Becoming its first administrator. */
  'instance.claim': { role: 'viewer', signedIn: true },
  'instance.manage': { instanceAdministrator: true },
} as const satisfies Record<string, Rule>;
export type Action = keyof typeof ACTIONS;

/** What a scope brings beside itself. */
const INCLUDES = {
  'mcp:read': ['mcp:read'],
  'mcp:write': ['mcp:write', 'mcp:execute'],
  'mcp:execute': ['mcp:execute'],
  admin: SCOPES,
} as const satisfies Record<Scope, readonly Scope[]>;

/** From most to least: whether a role is at least another. */
export const isAtLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) <= ROLES.indexOf(least);

export const hasScope = (scopes: readonly Scope[], needed: Scope): boolean =>
  scopes.some((scope) => (INCLUDES[scope] as readonly Scope[]).includes(needed));

/** A person, and no program that speaks for one. */
export const isSignedIn = ({ via }: Pick<Principal, 'via'>): boolean => via === 'access_token' || via === 'cookie';

export function may(principal: Principal, action: Action): boolean {
  return refusalOf(principal, action) === undefined;
}

/** @throws 403 that says what is missing; it depends on the caller and the action alone, never on what is asked for */
export function authorize(principal: Principal, action: Action): void {
  const refusal = refusalOf(principal, action);
  if (refusal) throw refusal;
}

/** By whom, for as long as they are known as they are: asked several times with each call. */
const allowed = new WeakMap<Principal, Set<Action>>();

/** What `authorize` throws. */
export function refusalOf(principal: Principal, action: Action): AppError | undefined {
  const known = allowed.get(principal);
  if (known?.has(action)) return undefined;
  const refusal = judge(principal, action);
  if (refusal) return refusal;
  if (known) known.add(action);
  else allowed.set(principal, new Set([action]));
  return undefined;
}

function judge(principal: Principal, action: Action): AppError | undefined {
  const rule: Rule = ACTIONS[action];
  if (!('scope' in rule) && !isSignedIn(principal)) return signInIsNeeded();
  if ('instanceAdministrator' in rule) {
    return principal.instanceAdministrator ? undefined : instanceAdministratorIsNeeded();
  }
  if (!isAtLeast(principal.role, rule.role)) return roleIsTooLow(rule.role);
  if (!('scope' in rule)) return undefined;
  if (!hasScope(principal.scopes, rule.scope)) return scopeIsMissing(rule.scope);
  return rule.unlimited && principal.reach ? keyIsLimited() : undefined;
}

const roleIsTooLow = (needed: Role) =>
  new AppError('forbidden', 'ROLE_TOO_LOW', `This needs the role ${needed} in the organization.`, {
    details: { neededRole: needed },
  });

const scopeIsMissing = (needed: Scope) =>
  new AppError('forbidden', 'SCOPE_MISSING', `This key needs the scope ${needed}.`, {
    details: { neededScope: needed },
  });

const keyIsLimited = () =>
  new AppError('forbidden', 'KEY_LIMITED', 'This key is limited to some tools, and cannot do this.');

const signInIsNeeded = () =>
  new AppError('forbidden', 'SIGN_IN_NEEDED', 'A key cannot do this: it takes a person who has signed in.');

const instanceAdministratorIsNeeded = () =>
  new AppError('forbidden', 'INSTANCE_ADMINISTRATOR_NEEDED', 'Only an administrator of this instance may do this.');
