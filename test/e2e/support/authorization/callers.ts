import { type Action, ACTIONS } from '../../../../src/core/identity/permissions.js';
import { type Role, ROLES, type Scope, SCOPES } from '../../../../src/core/identity/principal.js';
import type { User, World } from './world.js';

export type Door = 'client' | 'platform' | 'admin' | 'registration' | 'builder';

/** Somebody who knocks at doors. */
export interface Caller {
  name: string;
  role?: Role;
  scopes: readonly Scope[];
  /** A program, by a key. */
  isKey: boolean;
  instanceAdministrator: boolean;
  /** Belongs to the organization whose things are asked for. */
  isAtHome: boolean;
  user?: User;
  /** Undefined where that door takes nothing that this caller has. */
  headersAt: (door: Door) => Promise<Record<string, string> | undefined>;
  /** Somebody else of the same kind. */
  copy?: () => Promise<Caller>;
  /** For sockets. */
  token: () => Promise<string | undefined>;
}

const nobody: Caller = {
  name: 'nobody',
  scopes: [],
  isKey: false,
  instanceAdministrator: false,
  isAtHome: false,
  // Without a cookie some addresses are those of another door.
  headersAt: async (door): Promise<Record<string, string>> =>
    door === 'builder' ? { cookie: 'switchyard=wrong' } : {},
  token: async () => undefined,
};

export interface Places {
  home: User;
  elsewhere: User;
}

/** Every kind of caller there is. @param places the owners of the two organizations */
export async function everyCaller(world: World, { home, elsewhere }: Places): Promise<Caller[]> {
  const members = ROLES.map((role) => ({ name: `a member as ${role}`, role, instanceAdministrator: false }));
  const administrator = {
    name: 'the administrator of the instance',
    role: 'viewer',
    instanceAdministrator: true,
  } as const;
  const people = await Promise.all([...members, administrator].map((kind) => member(world, home, kind)));
  const keys = await Promise.all(SCOPES.map((scope) => program(world, scope, home)));
  return [
    nobody,
    { ...person(world, 'the owner of another organization', 'owner', elsewhere), isAtHome: false },
    ...people,
    ...keys,
  ];
}

interface Kind {
  name: string;
  role: Role;
  instanceAdministrator: boolean;
}

async function member(world: World, home: User, kind: Kind): Promise<Caller> {
  const { name, role, instanceAdministrator } = kind;
  const user = await world.newUser(home.organizationId, role, { instanceAdministrator });
  return {
    ...person(world, name, role, user),
    instanceAdministrator,
    copy: () => member(world, home, kind),
  };
}

/** With a sign-in of its own for each request, since some requests end it. */
function person(world: World, name: string, role: Role, user: User): Caller {
  return {
    name,
    role,
    scopes: SCOPES,
    isKey: false,
    instanceAdministrator: false,
    isAtHome: true,
    user,
    headersAt: async (door): Promise<Record<string, string> | undefined> => {
      if (door === 'registration') return undefined;
      if (door === 'builder') return { cookie: await world.newCookie(user) };
      return { authorization: `Bearer ${await world.newToken(user)}` };
    },
    token: () => world.newToken(user),
  };
}

async function program(world: World, scope: Scope, user: User): Promise<Caller> {
  const { id, text } = await world.newKey(user, [scope]);
  return {
    name: `a key of its owner with ${scope}`,
    role: 'owner',
    scopes: [scope],
    isKey: true,
    instanceAdministrator: false,
    isAtHome: true,
    user,
    headersAt: async (door): Promise<Record<string, string> | undefined> => {
      if (door === 'builder') return undefined;
      return door === 'registration' ? { 'x-api-key': id, 'x-api-secret': text } : { authorization: `Bearer ${text}` };
    },
    token: async () => text,
  };
}

const INCLUDED: Record<Scope, readonly Scope[]> = {
  'mcp:read': ['mcp:read'],
  'mcp:write': ['mcp:write', 'mcp:execute'],
  'mcp:execute': ['mcp:execute'],
  admin: ['mcp:read', 'mcp:write', 'mcp:execute', 'admin'],
};
const HEIGHT: Record<Role, number> = { viewer: 1, developer: 2, admin: 3, owner: 4 };

/** Worked out from the table alone, apart from the code that is tested. */
export function isAllowed(caller: Caller, action: Action): boolean {
  const rule: { role?: Role; scope?: Scope; signedIn?: true; instanceAdministrator?: true } = ACTIONS[action];
  if (caller.role === undefined) return false;
  if (rule.instanceAdministrator) return caller.instanceAdministrator && !caller.isKey;
  if (rule.signedIn && caller.isKey) return false;
  if (rule.role && HEIGHT[caller.role] < HEIGHT[rule.role]) return false;
  const { scope } = rule;
  return scope === undefined || caller.scopes.some((given) => INCLUDED[given].includes(scope));
}
