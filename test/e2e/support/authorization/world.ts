import { createHash, randomBytes } from 'node:crypto';
import { AccessTokens } from '../../../../src/core/identity/access-tokens.js';
import { hashOfApiKey, newApiKeyText } from '../../../../src/core/identity/api-key-text.js';
import type { Role, Scope } from '../../../../src/core/identity/principal.js';
import { Database } from '../../../../src/platform/database/database.js';
import { type Id, type IdKind, newId, type OrganizationId, type UserId } from '../../../../src/platform/ids.js';
import type { TestApp } from '../../../support/app.js';

export interface User {
  id: UserId;
  email: string;
  organizationId: OrganizationId;
}

/** Makes people and what is theirs straight in the tables: a matrix asks for more of them than the doors let in. */
export const TOOL_PIN = '0'.repeat(64);

export class World {
  private readonly database: Database;
  private readonly tokens: AccessTokens;

  constructor(readonly app: TestApp) {
    this.database = app.get(Database);
    this.tokens = app.get(AccessTokens);
  }

  async newOrganization(): Promise<OrganizationId> {
    const id = newId('org');
    await this.insert('organizations', { id, name: `Organization ${id.slice(-6)}`, created_at: new Date() });
    return id;
  }

  async newUser(
    organizationId: OrganizationId,
    role: Role,
    { instanceAdministrator = false }: { instanceAdministrator?: boolean } = {},
  ): Promise<User> {
    const id = newId('user');
    const email = `${id}@example.com`;
    const at = { created_at: new Date(), updated_at: new Date() };
    await this.insert('users', { id, email, username: id, instance_administrator: instanceAdministrator, ...at });
    await this.join({ id, email, organizationId }, organizationId, role);
    return { id, email, organizationId };
  }

  async join({ id }: User, organizationId: OrganizationId, role: Role): Promise<void> {
    await this.insert('memberships', { organization_id: organizationId, user_id: id, role, created_at: new Date() });
  }

  async newToken(user: User): Promise<string> {
    const familyId = await this.newSignIn(user, {});
    return this.tokens.issue({ userId: user.id, organizationId: user.organizationId, familyId });
  }

  async newCookie(user: User): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const cookie_hash = createHash('sha256').update(token).digest('base64url');
    await this.newSignIn(user, { kind: 'cookie', cookie_hash });
    return `switchyard=${token}`;
  }

  async newConnectedClient({ id: user_id, organizationId: organization_id }: User): Promise<string> {
    const id = newId('grt');
    const at = { created_at: new Date(), renewed_at: new Date() };
    const client = { client_id: newId('client'), client_name: 'A client', redirect_uri: 'http://127.0.0.1/callback' };
    const given = { resource: `${this.app.url}/mcp`, scopes: ['mcp:read'] };
    await this.insert('client_grants', { id, user_id, organization_id, ...client, ...given, ...at });
    return id;
  }

  async newKey(user: User, scopes: readonly Scope[]): Promise<{ id: Id<'key'>; text: string }> {
    const [id, text] = [newId('key'), newApiKeyText()];
    await this.insert('api_keys', {
      id,
      user_id: user.id,
      organization_id: user.organizationId,
      name: `key ${id.slice(-6)}`,
      hash: hashOfApiKey(text),
      hint: text.slice(-4),
      scopes: [...scopes],
      created_at: new Date(),
    });
    return { id, text };
  }

  /** @param maker who manages it, unless a viewer */
  async newServer(user: User, maker = user): Promise<string> {
    const body = {
      name: `Server ${randomBytes(4).toString('hex')}`,
      url: 'http://127.0.0.1:9/mcp',
      auth_method: 'none',
    };
    const token = await this.newToken(user);
    const made = await this.app.api<{ id: string }>('POST', '/api/v1/servers', { token, body });
    if (made.status !== 201) throw new Error(`The server was not added: ${made.text}`);
    await this.database.sql('update servers set created_by = $2 where id = $1', [made.body.id, maker.id]);
    return made.body.id;
  }

  /** As if the server had been asked once. */
  async newTool(serverId: string, name: string): Promise<string> {
    const id = newId('tool');
    const definition = JSON.stringify({ name, inputSchema: { type: 'object' } });
    await this.database.sql('update servers set tool_count = 1 where id = $1', [serverId]);
    await this.database.sql(
      `insert into tool_snapshots (server_id, name, pin, definition, ordinal, seen_at) values ($1, $2, $3, $4, 0, now())`,
      [serverId, name, TOOL_PIN, definition],
    );
    await this.database.sql(
      `insert into tool_states (id, server_id, name, state, pin, changed_at) values ($1, $2, $3, 'first_seen', $4, now())`,
      [id, serverId, name, TOOL_PIN],
    );
    await this.database.sql(
      `insert into tool_versions (server_id, tool, number, pin, definition, status, first_seen_at)
       values ($1, $2, 1, $3, $4, 'first_seen', now())`,
      [serverId, name, TOOL_PIN, definition],
    );
    return id;
  }

  async newSession(user: User, serverId: string): Promise<string> {
    return this.add('session', 'sessions', user, { server_id: serverId, title: 'A session', updated_at: new Date() });
  }

  async newArtifact(user: User, sessionId: string): Promise<string> {
    const what = { name: 'a.txt', content_type: 'text/plain', size: 1, sha256: '0'.repeat(64) };
    return this.add('art', 'artifacts', user, { session_id: sessionId, ...what });
  }

  async newRequest(user: User, serverId: string): Promise<string> {
    const id = newId('log');
    const none = { request_bytes: 0, response_bytes: 0, artifacts: 0, duration_ms: 0, started_at: new Date() };
    const owner = { organization_id: user.organizationId, user_id: user.id };
    await this.insert('request_log', { id, ...owner, server_id: serverId, tool: 'a', status: 'succeeded', ...none });
    return id;
  }

  /** Of the instance, as packages are. */
  async newService(): Promise<string> {
    const [id, at] = [newId('svc'), new Date()];
    const words = { name: `com.example/${id}`, title: id, description: '', version: '1.0.0' };
    const serverJson = { name: words.name, description: '', version: '1.0.0' };
    const rest = { server_json: JSON.stringify(serverJson), source: 'document', created_at: at, updated_at: at };
    await this.insert('services', { id, ...words, ...rest });
    return id;
  }

  async newListedPackage(): Promise<string> {
    const id = newId('pkg');
    await this.insert('listed_packages', { id, name: `package-${id}`, version: '1.0.0', listed_at: new Date() });
    return id;
  }

  /** That nobody decided on. */
  async newHeldCall(user: User, serverId: string): Promise<string> {
    const id = newId('apr');
    const place = { organization_id: user.organizationId, server_id: serverId, tool: 'none', pin: '0'.repeat(64) };
    const at = { created_at: new Date() };
    const words = { title: 'A call', why: 'A policy', server_name: 'A server' };
    const until = { expires_at: new Date(Date.now() + 600_000) };
    await this.insert('approval_requests', {
      id,
      kind: 'call',
      ...place,
      ...words,
      ...until,
      requested_by: user.id,
      ...at,
    });
    const who = { user_id: user.id, username: user.id, via: 'access_token', credential_id: newId('fam'), door: 'rest' };
    const call = { account_version: 1, repeatable: true, arguments: '{}', log_id: newId('log') };
    await this.insert('held_calls', { approval_id: id, ...place, ...who, ...call, ...at });
    return id;
  }

  async newGrant(user: User, serverId: string): Promise<string> {
    const tool = { server_id: serverId, account_version: 1, tool: 'none', pin: '0'.repeat(64) };
    return this.add('grant', 'approval_grants', user, tool);
  }

  async newInvitation(organizationId: OrganizationId, email: string): Promise<string> {
    const id = newId('inv');
    const created_at = new Date();
    await this.insert('invitations', {
      id,
      organization_id: organizationId,
      email,
      role: 'viewer',
      token_hash: id,
      created_at,
      expires_at: new Date(created_at.getTime() + 3_600_000),
    });
    return id;
  }

  /** Switched off: a test is about who may, not about what is sent. */
  async newWebhook(organizationId: OrganizationId): Promise<string> {
    const id = newId('whk');
    const at = { created_at: new Date(), updated_at: new Date() };
    const address = { url: 'http://127.0.0.1:9/hook', events: ['key.created'], secret: 'v1:none:none' };
    await this.insert('webhooks', { id, organization_id: organizationId, ...address, enabled: false, ...at });
    return id;
  }

  async newToolset({ id: userId, organizationId }: User): Promise<string> {
    const id = newId('tst');
    const texts = { name: id, handle: id.slice(4), description: '', presentation: 'definitions', entries: '[]' };
    const at = { created_at: new Date(), updated_at: new Date() };
    await this.insert('toolsets', { id, organization_id: organizationId, ...texts, created_by: userId, ...at });
    return id;
  }

  private async newSignIn(user: User, more: Record<string, unknown>): Promise<Id<'fam'>> {
    const [id, now] = [newId('fam'), new Date()];
    const owner = { user_id: user.id, organization_id: user.organizationId };
    await this.insert('refresh_families', {
      id,
      ...owner,
      ip: '127.0.0.1',
      created_at: now,
      last_used_at: now,
      ...more,
    });
    return id;
  }

  private async add(kind: IdKind, table: string, user: User, more: Record<string, unknown>): Promise<string> {
    const id = newId(kind);
    const owner = { user_id: user.id, organization_id: user.organizationId };
    await this.insert(table, { id, ...owner, created_at: new Date(), ...more });
    return id;
  }

  private async insert(table: string, row: Record<string, unknown>): Promise<void> {
    const [names, values] = [Object.keys(row), Object.values(row)];
    const places = values.map((_, index) => `$${index + 1}`);
    await this.database.sql(`insert into ${table} (${names.join(', ')}) values (${places.join(', ')})`, values);
  }
}
