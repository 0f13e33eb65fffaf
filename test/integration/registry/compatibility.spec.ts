import { NASTY_SCHEMAS } from '../../fixtures/nasty-schemas/index.js';
import { type ListingUpstream, startListingUpstream } from '../../support/upstreams/listing-upstream.js';
import { type Account, type RegistryApp, startRegistryApp } from './registry-app.js';

interface Tool {
  name: string;
  compatibility: {
    score: number;
    vendors: Record<string, number>;
    notes: { path: string; code: string; message: string; vendors: string[] }[];
  } | null;
}
interface Check {
  name: string;
  status: string;
  summary: string;
  fix?: string;
  detail?: string;
}

const TOOLS = {
  plain: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  tree: NASTY_SCHEMAS['ref-tree'],
  unicode: NASTY_SCHEMAS['name-unicode'],
  impossible: { type: 'string' },
};

let app: RegistryApp;
let ada: Account;
let upstream: ListingUpstream;
beforeAll(async () => {
  app = await startRegistryApp();
  ada = await app.signUp();
  upstream = await startListingUpstream(Object.entries(TOOLS).map(([name, inputSchema]) => ({ name, inputSchema })));
});
afterAll(async () => {
  await app.close();
  await upstream.close();
});

test('every tool of a server has a score for models, and notes for its author', async () => {
  const made = await ada.call<{ id: string }>('POST', '/servers', {
    name: 'Odd',
    url: upstream.url,
    auth_method: 'none',
  });
  const { body } = await ada.call<{ tools: Tool[] }>('GET', `/servers/${made.body.id}/tools`);
  const [plain, tree, unicode, impossible] = body.tools.map(({ compatibility }) => compatibility);
  expect(plain).toEqual({ score: 100, vendors: { gemini: 100, openai: 100, anthropic: 100 }, notes: [] });
  expect(tree?.notes).toContainEqual({
    path: expect.stringMatching(/^\/root\/children/) as string,
    code: 'RECURSION_CUT',
    message: expect.stringContaining('contains itself') as string,
    vendors: ['gemini', 'openai', 'anthropic'],
  });
  expect(unicode?.notes.map(({ code }) => code)).toContain('PROPERTY_RENAMED');
  expect(impossible?.notes.map(({ code }) => code)).toContain('ROOT_NOT_OBJECT');
  expect(impossible?.score).toBeLessThan(tree?.score ?? 0);
});

test('a connection test says which tools models will call badly, and does not fail for it', async () => {
  const { status, body } = await ada.call<{ checks: Check[] }>('POST', '/servers/test', {
    url: upstream.url,
    auth_method: 'none',
  });
  expect(status).toBe(200);
  const check = body.checks.find(({ name }) => name === 'schemas');
  expect(check).toMatchObject({ status: 'passed', summary: expect.stringContaining('impossible') as string });
  expect(check?.detail).toContain('ROOT_NOT_OBJECT');
  expect(check?.fix).toContain('schema');
});
