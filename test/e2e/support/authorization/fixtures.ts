import { newId } from '../../../../src/platform/ids.js';
import type { Caller, Places } from './callers.js';
import type { User, World } from './world.js';

/** Whose thing a request asks for: of the organization at home, of another one, of nobody. */
export const WHOSE = ['own', 'foreign', 'unknown'] as const;
export type Whose = (typeof WHOSE)[number];

export interface Fixture {
  /** How to get the id that the path, or with `inBody` the body, names. Absent: the route names nothing. */
  id?: (whose: Whose, scene: FixtureScene, caller: Caller) => Promise<string>;
  /** The field of the body that has the id. */
  inBody?: string;
  /** Sent as it is. What names a thing needs it to be valid; what names nothing is better off without effect. */
  body?: Record<string, unknown>;
  /** The request changes who the caller is: a copy of them makes it. */
  byACopy?: true;
  /** The thing is of the whole instance: it is there for those who may, whosever it is. */
  ofTheInstance?: true;
}

export interface FixtureScene extends Places {
  world: World;
  homeServer: string;
  elsewhereServer: string;
}

type Make = (owner: User, scene: FixtureScene) => Promise<string>;

/** Made for the caller, or where they are not at home for who is. */
const ownerOf = (caller: Caller, { home }: Places): User => (caller.isAtHome && caller.user ? caller.user : home);

const made =
  (kind: Parameters<typeof newId>[0], make: Make): Fixture['id'] =>
  async (whose, scene, caller) => {
    if (whose === 'unknown') return newId(kind);
    return make(whose === 'own' ? ownerOf(caller, scene) : scene.elsewhere, scene);
  };

const serverOf = (owner: User, scene: FixtureScene) =>
  owner.organizationId === scene.home.organizationId ? scene.homeServer : scene.elsewhereServer;

const server = made('mcp', async (owner, scene) => serverOf(owner, scene));
const spentServer = made('mcp', (owner, { world, home }) =>
  world.newServer(owner.organizationId === home.organizationId ? home : owner),
);
const session = made('session', (owner, scene) => scene.world.newSession(owner, serverOf(owner, scene)));
const artifact = made('art', async (owner, scene) =>
  scene.world.newArtifact(owner, await scene.world.newSession(owner, serverOf(owner, scene))),
);
const key = made('key', async (owner, { world }) => (await world.newKey(owner, ['mcp:read'])).id);

/**
 * A line for each route that names a thing or changes one. Routes that only read, and name nothing, need none.
 */
export const FIXTURES: Readonly<Record<string, Fixture>> = {
  'POST /api/v1/artifacts/:artifact_id/link': { id: artifact },
  'POST /api/v1/servers': { body: {} },
  'POST /api/v1/servers/test': { body: {} },
  'GET /api/v1/servers/:server_id': { id: server },
  'PUT /api/v1/servers/:server_id': { id: server, body: { timeout: 30 } },
  'DELETE /api/v1/servers/:server_id': { id: spentServer },
  'GET /api/v1/servers/:server_id/status': { id: server },
  'POST /api/v1/servers/:server_id/check': { id: server },
  'GET /api/v1/servers/:server_id/tools': { id: server },
  'POST /api/v1/sessions': { id: server, inBody: 'server_id' },
  'GET /api/v1/sessions/:session_id': { id: session },
  'PATCH /api/v1/sessions/:session_id': { id: session, body: { title: 'Another title' } },
  'GET /api/v1/sessions/:session_id/events': { id: session },
  'GET /api/v1/sessions/:session_id/artifacts': { id: session },
  'GET /api/v1/sessions/:session_id/export': { id: session },
  'POST /api/v1/sessions/:session_id/fork': { id: session, body: {} },
  'POST /api/v1/ws/tickets': { id: server, inBody: 'server_id' },
  'PUT /api/v1/user/profile': { body: {} },
  'PUT /api/v1/user/password': { body: {} },
  'POST /api/v1/user/api-keys': { body: {} },
  'POST /api/v1/user/api-keys/:key_id/rotate': { id: key, body: {} },
  'DELETE /api/v1/user/api-keys/:key_id': { id: key },
  'DELETE /api/v1/user/credentials/:credential_id': { id: key },
  'POST /api/v1/user/credentials/revoke-all': { body: {} },

  'POST /api/mcp-servers': { body: {} },
  'GET /api/mcp-servers/:id': { id: server },
  'POST /v1/auth/logout of BuilderAuthController': {},
  'POST /v1/users/me/api-keys': { body: {} },
  'POST /v1/users/me/api-keys/:keyId/rotate': { id: key, body: {} },
  'DELETE /v1/users/me/api-keys/:keyId': { id: key },
};
