import { z } from 'zod';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

const Schema = z.looseObject({
  properties: z.record(
    z.string(),
    z.looseObject({ type: z.unknown().optional(), enum: z.array(z.string()).optional() }),
  ),
  required: z.array(z.string()).optional(),
});
const OpenApi = z.looseObject({ components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }) });

const AUTH = 'none | api_key | oauth';

/** The models as printed: type by field; a `?` after the name says that it may be absent. */
const MODELS: Record<string, Record<string, string>> = {
  User: { id: 'string', username: 'string', email: 'string', created_at: 'string', updated_at: 'string' },
  McpServer: {
    id: 'string',
    name: 'string',
    url: 'string',
    auth_method: AUTH,
    status: 'online | offline | error',
    timeout: 'number',
    ssl_verify: 'boolean',
    created_at: 'string',
    updated_at: 'string',
  },
  McpServerCreate: {
    name: 'string',
    url: 'string',
    auth_method: AUTH,
    'credentials?': 'object',
    'timeout?': 'number',
    'ssl_verify?': 'boolean',
  },
  McpServerUpdate: {
    'name?': 'string',
    'url?': 'string',
    'auth_method?': AUTH,
    'credentials?': 'object',
    'timeout?': 'number',
    'ssl_verify?': 'boolean',
  },
  McpServerTest: { url: 'string', auth_method: AUTH, 'credentials?': 'object' },
  OtpRequest: { email: 'string' },
  // `code` may be absent where the second draft's `otp` is sent.
  OtpVerify: { email: 'string', 'code?': 'string', 'device_fingerprint?': 'string' },
  TokenRefresh: { refresh_token: 'string' },
};

chapter('models', 'Models', (holds) => {
  let app: TestApp;
  let schemas: Record<string, unknown>;

  beforeAll(async () => {
    app = await startTestApp();
    const answer = await new Client(app.url).callAt('GET', '/docs/client.json');
    schemas = OpenApi.parse(answer.body).components.schemas;
  });

  afterAll(() => app.stop());

  for (const [name, fields] of Object.entries(MODELS)) {
    holds(`Models, ${name}`, `${name} has the printed fields and types in our OpenAPI document`, async () => {
      const { properties, required = [] } = Schema.parse(schemas[name]);
      const printed = Object.entries(fields).map(([field, type]) => ({ field: field.replace('?', ''), type }));
      expect(printed.map(({ field }) => [field, typeOf(properties[field])])).toEqual(
        printed.map(({ field, type }) => [field, type]),
      );
      const needed = Object.keys(fields).filter((field) => !field.endsWith('?'));
      expect(required).toEqual(expect.arrayContaining(needed));
      const optional = Object.keys(fields).filter((field) => field.endsWith('?'));
      for (const field of optional) expect(required).not.toContain(field.replace('?', ''));
    });
  }
});

function typeOf(schema: z.output<typeof Schema>['properties'][string] | undefined): string {
  if (schema?.enum) return schema.enum.join(' | ');
  const [type] = [schema?.type].flat();
  return type === 'integer' ? 'number' : String(type);
}
