import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { type ConformanceUpstream, startConformanceUpstream } from '../support/upstreams/conformance-upstream.js';

const SCRIPT = resolve(__dirname, '../../scripts/conformance.mjs');

let app: TestApp;
let upstreams: ConformanceUpstream[];
let place: string[];

beforeAll(async () => {
  app = await startTestApp();
  // One behind the product, and one that is asked alone at the same time.
  upstreams = await Promise.all([startConformanceUpstream(), startConformanceUpstream()]);
  const [behind = '', alone = ''] = upstreams.map(({ url }) => url);
  const ada = await app.signIn();
  const { id } = await app.addServer(ada, behind, {
    approval_policy: 'auto_approve',
    client_features: ['sampling', 'roots'],
  });
  const { authorization } = (await makeKey(ada)).headers;
  place = ['--at', `${app.url}/mcp/s/${id}`, '--upstream', alone, '--authorization', authorization];
}, 60_000);
afterAll(async () => {
  await app.stop();
  await Promise.all(upstreams.map((upstream) => upstream.stop()));
});

test('the conformance suites find nothing in the gateway that they do not find in the upstream alone', async () => {
  const run = promisify(execFile)(process.execPath, [SCRIPT, 'server', ...place]);
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  expect(stdout).toMatch(/All holds\.\n$/);
}, 120_000);
