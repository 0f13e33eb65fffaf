/** The house's rules about imports, as data. An area without a line may not exist. */

const CORE = [
  'core/activity',
  'core/webhooks',
  'core/identity',
  'core/approvals',
  'core/artifacts',
  'core/upstream-accounts',
  'core/registry',
  'core/toolsets',
  'core/oauth',
  'core/execution',
  'core/gateway',
  'core/sessions',
  'core/usage',
  'core/plans',
  'core/catalogue',
  'core/inbox',
  'core/agent',
  'core/overview',
] as const;

/** What each area of `src` may import of others; `port` stands for any file of the core that says a need. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  // It knows ids and names only, so that everybody may tell it what happened.
  'core/activity': ['platform'],
  // So may everybody this: what programs outside are told.
  'core/webhooks': ['platform', 'core/activity'],
  'core/identity': ['platform', 'core/activity', 'core/webhooks'],
  'core/approvals': ['platform', 'core/activity', 'core/webhooks', 'core/identity'],
  'core/artifacts': ['platform', 'core/identity'],
  // It knows servers as addresses; who may sign in where is asked before.
  'core/upstream-accounts': ['platform', 'core/activity'],
  // A server has an approval policy, and may have accounts.
  'core/registry': [
    'platform',
    'core/activity',
    'core/webhooks',
    'core/identity',
    'core/approvals',
    'core/upstream-accounts',
  ],
  'core/toolsets': ['platform', 'core/activity', 'core/identity', 'core/registry'],
  // Who is let in by OAuth, and to what.
  'core/oauth': ['platform', 'core/activity', 'core/identity', 'core/registry', 'core/toolsets'],
  'core/execution': [
    'platform',
    'core/activity',
    'core/webhooks',
    'core/identity',
    'core/approvals',
    'core/artifacts',
    'core/upstream-accounts',
    'core/registry',
  ],
  'core/gateway': [
    'platform',
    'core/identity',
    'core/upstream-accounts',
    'core/registry',
    'core/toolsets',
    'core/execution',
  ],
  // What may become a server, and servers as files.
  'core/catalogue': ['platform', 'core/activity', 'core/identity', 'core/approvals', 'core/registry'],
  'core/sessions': ['platform', 'core/identity'],
  'core/usage': ['platform', 'core/identity'],
  'core/plans': [
    'platform',
    'core/activity',
    'core/webhooks',
    'core/identity',
    'core/approvals',
    'core/artifacts',
    'core/upstream-accounts',
    'core/registry',
    'core/execution',
    'core/sessions',
  ],
  // Decides on what the contexts to its right hold open.
  'core/inbox': [
    'platform',
    'core/activity',
    'core/identity',
    'core/approvals',
    'core/registry',
    'core/execution',
    'core/sessions',
    'core/plans',
  ],
  'core/agent': [
    'platform',
    ...CORE.filter((context) => !['core/agent', 'core/gateway', 'core/inbox', 'core/overview'].includes(context)),
  ],
  // Looks at all of them, changes nothing.
  'core/overview': ['platform', ...CORE.filter((context) => context !== 'core/overview')],
  adapters: ['platform', 'port'],
  'surfaces/pipeline': ['platform', 'core/identity'],
  'surfaces/client': ['platform', 'surfaces/pipeline', ...CORE],
  'surfaces/platform': ['platform', 'surfaces/pipeline', ...CORE],
  'surfaces/admin': ['platform', 'surfaces/pipeline', ...CORE],
  'surfaces/mcp': ['platform', 'surfaces/pipeline', ...CORE],
  'surfaces/builder': ['platform', 'surfaces/pipeline', ...CORE],
  'surfaces/registration': ['platform', 'surfaces/pipeline', ...CORE],
  'surfaces/oauth': ['platform', 'surfaces/pipeline', 'core/identity', 'core/oauth'],
  'surfaces/dev-mailbox': ['platform', 'surfaces/pipeline', 'core/identity'],
  'surfaces/operations': ['platform', 'surfaces/pipeline'],
  'surfaces/web': ['platform', 'surfaces/pipeline'],
  realtime: ['platform', ...CORE],
};

/** Wiring: these know everyone. */
export const KNOWS_EVERYONE = ['app.module.ts', 'main.ts', 'migrations.ts', 'start'];

/** `src/core/agent/turn.ts` is of `core/agent`; a file at the top is its own area. */
export function areaOf(path: string): string {
  const [, first = '', second = '', ...rest] = path.split('/');
  return (first === 'core' || first === 'surfaces') && rest.length > 0 ? `${first}/${second}` : first;
}

/** Roles that a context keeps to itself. */
export const PRIVATE_ROLE = /\.(repository|entity|handler)\.ts$/;

/** What is assembled by the wiring alone. */
export const ASSEMBLED_ROLE = /\.(migration|entities)\.ts$/;

/** Packages that the business may use: none that speaks HTTP, opens sockets or belongs to a vendor. */
export const CORE_PACKAGES = [
  '@nestjs/common',
  '@nestjs/jwt',
  'ajv',
  'ajv-formats',
  'node:crypto',
  'node:net',
  'node:stream',
  'node:zlib',
  'typeorm',
  'zod',
];

/** Libraries stand alone, but that every way out goes through the one guard. */
export const LIBRARY_USES: Readonly<Record<string, readonly string[]>> = {
  egress: ['soon'],
  'mcp-client': ['egress', 'soon'],
  'mcp-gateway': ['soon'],
  'oauth-client': ['egress'],
};

/** Frameworks that a library knows nothing of. */
export const NOT_IN_LIBRARIES = /^(@nestjs\/|fastify$|@fastify\/|typeorm$|socket\.io$|rxjs)/;

/** `ajv/dist/2020.js` is of the package `ajv`. */
export const packageOf = (specifier: string): string =>
  specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? specifier);
