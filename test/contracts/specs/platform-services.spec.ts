import { createServer, type Server } from 'node:http';
import { z } from 'zod';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { listenHere, stopListening } from '../../support/listening.js';
import { Organizations } from '../../support/organizations.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

/** The shapes that the Platform API's document prints, below `data`. */
const listed = {
  id: z.string(),
  name: z.string(),
  description: z.string(),
  isConfigured: z.boolean(),
  version: z.string(),
};
const List = z.strictObject({ services: z.array(z.looseObject(listed)) });
const Details = z.strictObject({
  service: z.looseObject({
    ...listed,
    configSchema: z.looseObject({
      type: z.literal('object'),
      properties: z.record(z.string(), z.looseObject({ type: z.string() })),
      required: z.array(z.string()),
    }),
    capabilities: z.array(z.string()),
  }),
});
const Configured = z.strictObject({
  service: z.strictObject({
    id: z.string(),
    name: z.string(),
    isConfigured: z.literal(true),
    status: z.literal('active'),
  }),
});
const Refusal = z.looseObject({
  success: z.literal(false),
  error: z.looseObject({ code: z.string(), message: z.string(), details: z.looseObject({}) }),
});

/** As the document prints it. */
const PRINTED = {
  config: {
    githubToken: 'ghp_1234567890abcdefghijklmnopqrstuvwxyz',
    repositories: ['user/repo1', 'user/repo2'],
  },
};

/** An entry that asks for what the document's example asks for. */
const entryAt = (url: string, name = 'com.example/github') => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name,
  title: 'GitHub MCP',
  description: 'Provides access to GitHub repositories',
  version: '1.2.0',
  remotes: [
    {
      type: 'streamable-http',
      url,
      headers: [
        {
          name: 'Authorization',
          value: 'Bearer {githubToken}',
          isRequired: true,
          isSecret: true,
          variables: { githubToken: { description: 'GitHub personal access token', isRequired: true, isSecret: true } },
        },
        {
          name: 'X-Repositories',
          value: '{repositories}',
          isRepeated: true,
          variables: { repositories: { description: 'List of repositories to access' } },
        },
      ],
    },
  ],
  _meta: { 'io.switchyard/catalogue': { capabilities: ['fileAccess', 'codeSearch', 'issueManagement'] } },
});

chapter('platform-services', 'MCP services', (holds) => {
  let app: TestApp;
  let client: Client;
  let upstream: ScriptedUpstream;
  let closed: Server;
  let ada: Person;
  let viewer: Person;
  let service: string;
  let refusing: string;

  const add = async (entry: object): Promise<string> => {
    const made = await ada.call<{ id: string }>('POST', '/catalogue', { server_json: entry });
    expect([made.status, made.text]).toEqual([201, expect.any(String)]);
    return made.body.id;
  };
  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
    client = new Client(app.url);
    ada = await app.signIn();
    viewer = await new Organizations(app).join(ada, 'viewer');
    await ada.call('POST', '/instance/claim', {});
    closed = createServer((_request, response) => void response.writeHead(401).end());
    const shut = await listenHere(closed);
    service = await add(entryAt(upstream.url));
    refusing = await add(entryAt(`${shut}/mcp`, 'com.example/shut'));
  });
  afterAll(async () => {
    await stopListening(closed);
    await app.stop();
    await upstream.close();
  });

  const call = (by: Person, method: string, path: string, body?: object) =>
    client.callAt(method, `/v1/mcp${path}`, { token: by.token, ...(body && { body }) });
  const answered = async <Data extends z.ZodType>(status: number, data: Data, answer: ReturnType<typeof call>) =>
    client.expect(status, z.strictObject({ success: z.literal(true), data, meta: z.looseObject({}) }), answer);
  const refused = async (status: number, code: string, answer: ReturnType<typeof call>) => {
    const { error } = await client.expect(status, Refusal, answer);
    expect(error.code).toBe(code);
    return error;
  };

  const LIST = 'MCP Services API, List Available MCP Services';
  holds(LIST, 'GET /mcp/services answers the services with isConfigured and version, 20 a page', async () => {
    const { data, meta } = await answered(200, List, call(ada, 'GET', '/services'));
    expect(data.services).toHaveLength(20);
    expect(meta).toMatchObject({ pagination: { page: 1, limit: 20, pages: 2 } });
    const titles = data.services.map(({ name }) => name.toLowerCase());
    expect(titles).toEqual([...titles].sort());
  });
  holds(LIST, '?filter finds by name or description, whatever the case, with ?page and ?limit', async () => {
    const found = await answered(200, List, call(ada, 'GET', '/services?filter=github%20MCP&limit=1'));
    expect(found.data.services).toMatchObject([{ name: 'GitHub MCP', isConfigured: false, version: '1.2.0' }]);
    expect(found.meta).toEqual({ pagination: { total: 2, page: 1, limit: 1, pages: 2 } });
    const none = await answered(200, List, call(ada, 'GET', '/services?filter=100%25&page=7'));
    expect([none.data.services, none.meta]).toEqual([[], { pagination: { total: 0, page: 7, limit: 20, pages: 0 } }]);
    await refused(400, 'VALIDATION_ERROR', call(ada, 'GET', '/services?limit=101'));
    await refused(400, 'VALIDATION_ERROR', call(ada, 'GET', '/services?offset=1'));
  });
  holds(LIST, 'GET /mcp/services lists servers that came of no entry under their own id', async () => {
    const own = await app.addServer(ada, upstream.url, { name: 'Zebra of our own' });
    const { data } = await answered(200, List, call(viewer, 'GET', '/services?filter=zebra'));
    expect(data.services).toMatchObject([{ id: own.id, name: 'Zebra of our own', isConfigured: true }]);
  });
  holds(LIST, 'GET /mcp/services without a token is 401 AUTH_TOKEN_INVALID', async () => {
    await refused(401, 'AUTH_TOKEN_INVALID', client.callAt('GET', '/v1/mcp/services'));
  });

  const GET = 'MCP Services API, Get MCP Service Details';
  holds(GET, 'GET /mcp/services/{serviceId} answers configSchema and capabilities', async () => {
    const { data, meta } = await answered(200, Details, call(viewer, 'GET', `/services/${service}`));
    expect(meta).toEqual({});
    expect(data.service).toMatchObject({
      id: service,
      name: 'GitHub MCP',
      description: 'Provides access to GitHub repositories',
      isConfigured: false,
      version: '1.2.0',
      configSchema: {
        type: 'object',
        properties: {
          githubToken: { type: 'string', description: 'GitHub personal access token', writeOnly: true },
          repositories: { type: 'array', items: { type: 'string' }, description: 'List of repositories to access' },
        },
        required: ['githubToken'],
      },
      capabilities: ['fileAccess', 'codeSearch', 'issueManagement'],
    });
  });
  holds(GET, 'GET /mcp/services/svc_123456, which is nobody’s, is 404 RESOURCE_NOT_FOUND', async () => {
    await refused(404, 'RESOURCE_NOT_FOUND', call(ada, 'GET', '/services/svc_123456'));
  });

  const CONFIGURE = 'MCP Services API, Configure MCP Service';
  holds(CONFIGURE, 'a tool of a service that nobody configured is 400 MCP_SERVICE_UNCONFIGURED', async () => {
    await refused(400, 'MCP_SERVICE_UNCONFIGURED', call(ada, 'GET', `/services/${service}/tools`));
    const execution = { serviceId: service, toolName: 'read', parameters: {} };
    await refused(400, 'MCP_SERVICE_UNCONFIGURED', call(ada, 'POST', '/execute/tool', execution));
  });
  holds(
    CONFIGURE,
    'POST /mcp/services/{serviceId}/configure as printed sets it up, active, and tells no secret again',
    async () => {
      const { data, meta } = await answered(
        200,
        Configured,
        call(ada, 'POST', `/services/${service}/configure`, PRINTED),
      );
      expect(data.service).toMatchObject({ id: service, name: 'GitHub MCP' });
      expect(meta).toEqual({ message: 'Service configured successfully' });
      const sent = upstream.lastHeaders();
      expect(sent.authorization).toBe(`Bearer ${PRINTED.config.githubToken}`);
      expect(sent['x-repositories']).toBe('user/repo1, user/repo2');

      const told = await answered(200, Details, call(ada, 'GET', `/services/${service}`));
      expect(told.data.service.isConfigured).toBe(true);
      const servers = await ada.call('GET', '/servers');
      expect(JSON.stringify([told, servers.body])).not.toContain(PRINTED.config.githubToken);
    },
  );
  holds(CONFIGURE, 'its policy asks for changed definitions only, and those of now are approved', async () => {
    const { body } = await ada.call<{ servers: { id: string; approval_policy: string }[] }>('GET', '/servers');
    const made = body.servers.find(({ approval_policy: policy }) => policy === 'require_approval_changed');
    const { body: offer } = await ada.call<{ tools: { state: string }[] }>('GET', `/servers/${made?.id}/tools`);
    expect(new Set(offer.tools.map(({ state }) => state))).toEqual(new Set(['approved']));
  });
  holds(CONFIGURE, 'POST …/configure again changes the one server; a secret that is left out stays', async () => {
    const config = { repositories: ['user/repo3'] };
    await answered(200, Configured, call(ada, 'POST', `/services/${service}/configure`, { config }));
    expect(upstream.lastHeaders()).toMatchObject({
      authorization: `Bearer ${PRINTED.config.githubToken}`,
      'x-repositories': 'user/repo3',
    });
    const { body } = await ada.call<{ servers: { name: string }[] }>('GET', '/servers');
    expect(body.servers.filter(({ name }) => name.startsWith('GitHub MCP'))).toHaveLength(1);
  });
  holds(CONFIGURE, 'POST …/configure with wrong fields is 400 VALIDATION_ERROR, which names each', async () => {
    const config = { githubToken: 5, repositories: 'user/repo1', command: 'rm' };
    const error = await refused(
      400,
      'VALIDATION_ERROR',
      call(ada, 'POST', `/services/${refusing}/configure`, { config }),
    );
    expect(error.details).toMatchObject({
      errors: [{ path: '/config/command' }, { path: '/config/githubToken' }, { path: '/config/repositories' }],
    });
    await refused(400, 'VALIDATION_ERROR', call(ada, 'POST', `/services/${refusing}/configure`, { config: {} }));
    await refused(400, 'VALIDATION_ERROR', call(ada, 'POST', `/services/${refusing}/configure`, {}));
  });
  holds(
    CONFIGURE,
    'a service that refuses the secret is 400 MCP_SERVICE_UNCONFIGURED; what was saved is said',
    async () => {
      const answer = call(ada, 'POST', `/services/${refusing}/configure`, PRINTED);
      const { details, message } = await refused(400, 'MCP_SERVICE_UNCONFIGURED', answer);
      expect(message).toContain('saved');
      expect(details).toMatchObject({ saved: true, serverId: expect.stringMatching(/^mcp_/) as string });
      expect(JSON.stringify(details)).not.toContain(PRINTED.config.githubToken);
    },
  );
  holds(CONFIGURE, 'a service that does not answer is 500 MCP_SERVICE_ERROR', async () => {
    const gone = await add(entryAt('http://127.0.0.1:9/mcp', 'com.example/gone'));
    await refused(500, 'MCP_SERVICE_ERROR', call(ada, 'POST', `/services/${gone}/configure`, PRINTED));
  });
  holds(CONFIGURE, 'POST …/configure of a viewer is 403 AUTH_INSUFFICIENT_SCOPE', async () => {
    await refused(403, 'AUTH_INSUFFICIENT_SCOPE', call(viewer, 'POST', `/services/${service}/configure`, PRINTED));
  });

  const BESIDE = 'beside the document';
  holds(BESIDE, 'GET /mcp/services/{serviceId}/tools answers what it offers, and the service is executed', async () => {
    const Tools = z.strictObject({
      tools: z.array(z.looseObject({ name: z.string(), inputSchema: z.looseObject({}) })),
    });
    const { data } = await answered(200, Tools, call(viewer, 'GET', `/services/${service}/tools`));
    expect(data.tools.length).toBeGreaterThan(0);
    const execution = { serviceId: service, toolName: 'read', parameters: { rows: 1 } };
    const run = await call(ada, 'POST', '/execute/tool', execution);
    expect([run.status, run.body]).toMatchObject([200, { success: true, data: { result: { label: '' } } }]);
  });
  holds(BESIDE, 'a server without an entry has a small configuration of its own', async () => {
    const own = await app.addServer(ada, upstream.url, { name: 'Another of our own' });
    const { data } = await answered(200, Details, call(ada, 'GET', `/services/${own.id}`));
    expect(Object.keys(data.service.configSchema.properties)).toEqual(['url', 'apiKey', 'header', 'accessToken']);
    const config = { apiKey: 'a-key-of-the-service', header: 'X-Api-Key' };
    await answered(200, Configured, call(ada, 'POST', `/services/${own.id}/configure`, { config }));
    expect(upstream.lastHeaders()['x-api-key']).toBe('a-key-of-the-service');
  });
});
