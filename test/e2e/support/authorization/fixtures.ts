import { newId } from '../../../../src/platform/ids.js';
import type { Caller, Places } from './callers.js';
import { TOOL_PIN, type User, type World } from './world.js';

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
  /** Where it is let in it answers with a stream that stays open. */
  streams?: true;
  /** After the path, and for what else it names. */
  query?: string;
  rest?: string;
  /** The request changes who the caller is: a copy of them makes it. */
  byACopy?: true;
  /** There for the browser alone that began it: nobody here did. */
  ofAnotherBrowser?: true;
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
/** What others may do with it is said by grants, which have a test of their own. */
const managedServer = made('mcp', (owner, { world, home }) =>
  world.newServer(owner.organizationId === home.organizationId ? home : owner, owner),
);
/** Of a tool as the paths have it, whose last part is not filled in. */
const managedTool = made('mcp', async (owner, { world, home }) => {
  const id = await world.newServer(owner.organizationId === home.organizationId ? home : owner, owner);
  await world.newTool(id, TOOL_IN_PATH);
  return id;
});
const toolById = made('tool', async (owner, { world, home }) => {
  const server = await world.newServer(owner.organizationId === home.organizationId ? home : owner, owner);
  return world.newTool(server, 'a_tool');
});
const TOOL_IN_PATH = ':tool';
const session = made('session', (owner, scene) => scene.world.newSession(owner, serverOf(owner, scene)));
const artifact = made('art', async (owner, scene) =>
  scene.world.newArtifact(owner, await scene.world.newSession(owner, serverOf(owner, scene))),
);
const key = made('key', async (owner, { world }) => (await world.newKey(owner, ['mcp:read'])).id);

const connectedClient = made('grt', (owner, { world }) => world.newConnectedClient(owner));

const request = made('log', (owner, scene) => scene.world.newRequest(owner, serverOf(owner, scene)));
const heldCall = made('apr', (owner, scene) => scene.world.newHeldCall(owner, serverOf(owner, scene)));

const service = made('svc', (_owner, { world }) => world.newService());
const listedPackage = made('pkg', (_owner, { world }) => world.newListedPackage());
const grant = made('grant', (owner, scene) => scene.world.newGrant(owner, serverOf(owner, scene)));

const organization = made('org', async ({ organizationId }) => organizationId);
const member = made(
  'user',
  async ({ organizationId }, { world }) => (await world.newUser(organizationId, 'viewer')).id,
);
const sentInvitation = made('inv', ({ organizationId }, { world }) =>
  world.newInvitation(organizationId, `${newId('user')}@example.com`),
);
const receivedInvitation = made('inv', async ({ email }, { world }) =>
  world.newInvitation(await world.newOrganization(), email),
);
const toolset = made('tst', (owner, { world }) => world.newToolset(owner));
const webhook = made('whk', ({ organizationId }, { world }) => world.newWebhook(organizationId));

/**
 * A line for each route that names a thing or changes one. Routes that only read, and name nothing, need none.
 */
export const FIXTURES: Readonly<Record<string, Fixture>> = {
  'POST /api/v1/artifacts/:artifact_id/link': { id: artifact },
  'GET /api/v1/requests/:log_id': { id: request },
  'GET /v1/logs/requests/:logId': { id: request },
  'POST /api/v1/servers': { body: {} },
  'POST /api/v1/servers/test': { body: {} },
  'GET /api/v1/servers/:server_id': { id: server },
  'PUT /api/v1/servers/:server_id': { id: managedServer, body: { timeout: 30 } },
  'DELETE /api/v1/servers/:server_id': { id: managedServer },
  'GET /api/v1/servers/:server_id/access': { id: server },
  'PUT /api/v1/servers/:server_id/access': { id: managedServer, body: {} },
  'GET /api/v1/servers/:server_id/status': { id: server },
  'POST /api/v1/servers/:server_id/check': { id: server },
  'GET /api/v1/servers/:server_id/oauth': { id: server },
  'POST /api/v1/servers/:server_id/oauth/connect': { id: managedServer },
  'DELETE /api/v1/servers/:server_id/oauth': { id: managedServer },
  'GET /api/v1/servers/:server_id/tools': { id: server },
  'GET /api/v1/servers/:server_id/tools/:tool': { id: managedTool },
  'PATCH /api/v1/servers/:server_id/tools/:tool': { id: managedTool, body: { approval_policy: null } },
  'POST /api/v1/servers/:server_id/tools/approve': {
    id: managedTool,
    body: { tools: [{ name: TOOL_IN_PATH, pin: TOOL_PIN }] },
  },
  'POST /api/v1/servers/:server_id/tools/:tool/approve': { id: managedTool, body: { pin: TOOL_PIN } },
  'POST /api/v1/servers/:server_id/tools/:tool/reject': { id: managedTool, body: { pin: TOOL_PIN } },
  'POST /api/v1/servers/:server_id/tools/:tool/revoke': { id: managedTool, body: {} },
  'POST /api/v1/servers/:server_id/tools/:tool/call': { id: server, body: {} },
  'GET /api/v1/servers/:server_id/resources': { id: server },
  'POST /api/v1/servers/:server_id/resources/read': { id: server, body: { uri: 'a://b' } },
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
  'DELETE /api/v1/connected-clients/:grant_id': { id: connectedClient },
  'GET /oauth/interaction/:uid/request': { ofAnotherBrowser: true },
  'POST /oauth/interaction/:uid/decision': { body: { decision: 'deny' }, ofAnotherBrowser: true },

  'GET /api/v1/activity/events': { streams: true },
  'GET /api/v1/approvals/events': { streams: true },
  'PUT /api/v1/servers/:server_id/tools/:tool/callers': { id: managedTool, body: { least_role: null, users: null } },
  'POST /api/v1/toolsets': { body: {} },
  'POST /api/v1/toolsets/preview': { body: { entries: [] } },
  'GET /api/v1/toolsets/:toolset_id': { id: toolset },
  'PATCH /api/v1/toolsets/:toolset_id': { id: toolset, body: {} },
  'DELETE /api/v1/toolsets/:toolset_id': { id: toolset },
  'PUT /api/v1/organization/gateway': { body: { presentation: 'definitions' } },
  'POST /api/v1/webhooks': { body: {} },
  'PATCH /api/v1/webhooks/:webhook_id': { id: webhook, body: {} },
  'DELETE /api/v1/webhooks/:webhook_id': { id: webhook },
  'POST /api/v1/webhooks/:webhook_id/rotate-secret': { id: webhook, body: {} },
  'POST /api/v1/webhooks/:webhook_id/test': { id: webhook },
  'GET /api/v1/webhooks/:webhook_id/deliveries': { id: webhook },
  'POST /api/v1/webhooks/:webhook_id/deliveries/:delivery_id/redeliver': { id: webhook },

  'POST /api/mcp-servers': { body: {} },
  'GET /api/mcp-servers/:id': { id: server },
  'PATCH /api/mcp-servers/:id': { id: managedServer, body: { config: {} } },
  'DELETE /api/mcp-servers/:id': { id: managedServer },
  'GET /api/export/servers/:id': { id: server },
  'POST /api/export/import': { body: {} },
  'POST /api/servers': { body: {} },
  'GET /api/servers/:id': { id: server },
  'PATCH /api/servers/:id': { id: managedServer, body: {} },
  'DELETE /api/servers/:id': { id: managedServer },
  'POST /api/servers/:id/allowed-hosts': { id: managedServer, body: { host: 'example.com' } },
  'DELETE /api/servers/:id/allowed-hosts': { id: managedServer },

  'PATCH /api/v1/organization': { body: {} },
  'POST /api/v1/organization/leave': { byACopy: true },
  'POST /api/v1/organization/transfer': { id: member, inBody: 'user_id', byACopy: true },
  'PATCH /api/v1/organization/members/:user_id': { id: member, body: { role: 'developer' } },
  'DELETE /api/v1/organization/members/:user_id': { id: member },
  'POST /api/v1/organization/invitations': { body: {} },
  'POST /api/v1/organization/invitations/:invitation_id/resend': { id: sentInvitation },
  'DELETE /api/v1/organization/invitations/:invitation_id': { id: sentInvitation },
  'POST /api/v1/instance/claim': { body: { claim_code: 1 } },
  'POST /api/v1/organizations': { body: {} },
  'POST /api/v1/organizations/:organization_id/switch': { id: organization },
  'POST /api/v1/invitations/accept': { body: {} },
  'POST /api/v1/invitations/:invitation_id/accept': { id: receivedInvitation },
  'POST /api/v1/invitations/:invitation_id/decline': { id: receivedInvitation },

  'POST /api/approvals/tools/:id/action': { id: toolById, body: { action: 'approve' } },
  'POST /api/approvals/tools/:id/revoke': { id: toolById, body: {} },
  'POST /api/approvals/modules/:id/action': { body: {} },
  'POST /api/approvals/network/:id/action': { body: {} },
  'GET /api/servers/:id/tools': { id: server },
  'GET /api/tools/:id': { id: toolById },
  'GET /api/tools/:id/versions': { id: toolById },
  'GET /api/tools/:id/versions/compare': { id: toolById, query: '?from=1&to=1' },
  'GET /api/tools/:id/versions/:version': { id: toolById, rest: '1' },
  'PATCH /api/organizations/:organization_id': { id: organization, body: { plan: null }, ofTheInstance: true },
  'POST /api/activity/tickets': {},
  'POST /auth/change-password': { body: {} },
  'POST /auth/logout': {},

  'POST /v1/auth/logout of BuilderAuthController': {},
  'POST /v1/auth/logout of PlatformAuthController': {},
  'GET /api/v1/catalogue/:service_id': { id: server },
  'POST /api/v1/catalogue': { body: { server_json: {} } },
  'POST /api/v1/catalogue/import': { body: { document: { servers: [] } } },
  'POST /api/v1/catalogue/:service_id/configure': { id: managedServer, body: { config: { unknown: 1 } } },
  'PATCH /api/v1/catalogue/:service_id': { id: service, body: {}, ofTheInstance: true },
  'DELETE /api/v1/catalogue/:service_id': { id: service, ofTheInstance: true },
  'POST /api/v1/catalogue/packages': { body: {} },
  'DELETE /api/v1/catalogue/packages/:package_id': { id: listedPackage, ofTheInstance: true },
  'GET /v1/mcp/services/:serviceId': { id: server },
  'POST /v1/mcp/services/:serviceId/configure': { id: managedServer, body: { config: { unknown: 1 } } },
  'GET /v1/mcp/services/:serviceId/tools': { id: server },
  'GET /api/v1/approvals/:approval_id': { id: heldCall },
  'POST /api/v1/approvals/:approval_id/decide': { id: heldCall, body: { decision: 'deny' } },
  'POST /api/v1/approvals/:approval_id/withdraw': { id: heldCall },
  'DELETE /api/v1/approvals/grants/:grant_id': { id: grant },
  'PATCH /api/v1/approvals/settings': { body: { approval_mails: 'own' } },
  'GET /v1/mcp/approvals/:approvalId': { id: heldCall },
  'DELETE /v1/mcp/approvals/:approvalId': { id: heldCall },
  'POST /v1/mcp/execute/resource': { id: server, inBody: 'serviceId', body: { resourceName: 'none' } },
  'POST /v1/mcp/execute/tool': { id: server, inBody: 'serviceId', body: { toolName: 'none', parameters: {} } },
  'POST /v1/users/me/api-keys': { body: {} },
  'POST /v1/users/me/api-keys/:keyId/rotate': { id: key, body: {} },
  'DELETE /v1/users/me/api-keys/:keyId': { id: key },
  'PATCH /v1/organizations/me': { body: {} },
  'PATCH /v1/organizations/me/users/:userId': { id: member, body: { role: 'developer' } },
  'DELETE /v1/organizations/me/users/:userId': { id: member },
  'POST /v1/organizations/me/invitations': { body: {} },
  'DELETE /v1/organizations/me/invitations/:invitationId': { id: sentInvitation },
  'POST /v1/organizations/me/leave': { byACopy: true },
  'POST /v1/organizations/me/transfer': { id: member, inBody: 'userId', byACopy: true },
  'POST /v1/organizations': { body: {} },
  'POST /v1/organizations/:organizationId/switch': { id: organization },
  'POST /v1/invitations/accept': { body: {} },
};
