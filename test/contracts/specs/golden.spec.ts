import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SURFACES } from '../../../src/app.module.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { type RunningApplication, startApplication } from '../../../src/start/application.js';
import { protocolRoutes } from '../../../src/surfaces/oauth/protocol-routes.js';
import { listRoutes, type Route } from '../../support/routes.js';
import { compareWithGolden } from '../support/compatibility.js';
import { createStored, type Stored } from '../support/stored.js';

const GOLDEN = join(__dirname, '../golden');
const HOW =
  'Meant? UPDATE_GOLDEN=1 npm run test:contracts -- golden writes it anew; look at the difference before it is kept.';

/** What clients and reviewers rely on, in files whose every change is seen. */
describe('golden files', () => {
  let stored: Stored;
  let folder: string;
  let running: RunningApplication;

  beforeAll(async () => {
    stored = await createStored();
    folder = await mkdtemp(join(tmpdir(), 'switchyard-golden-'));
    const limits = { RATE_LIMIT_RPM: '0', RATE_LIMIT_AUTH_RPM: '0' };
    const place = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, DATABASE_URL: stored.url };
    running = await startApplication(
      readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', DEMO_SERVER: 'false', ...limits, ...place }),
    );
  });

  afterAll(async () => {
    await running.stop();
    await stored.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const routes = (): Route[] => listRoutes((type) => running.app.get(type, { strict: false }));

  const compare = (name: string, value: unknown) => {
    try {
      compareWithGolden(join(GOLDEN, name), value);
    } catch (error) {
      throw new Error(`test/contracts/golden/${name} is not what there is. ${HOW}\n${(error as Error).message}`, {
        cause: error,
      });
    }
  };

  test.each(SURFACES.map(({ surface }) => surface.name))(
    'the OpenAPI document of the %s surface is the golden one, and has a page',
    async (name) => {
      const answer = await fetch(`${running.url}/docs/${name}.json`);
      compare(`${name}.openapi.json`, await answer.json());
      expect(await (await fetch(`${running.url}/docs/${name}`)).text()).toContain('swagger-ui');
    },
  );

  test('the AsyncAPI document is served as it was made, and its page is whole', async () => {
    const document = await (await fetch(`${running.url}/docs/session.json`)).json();
    expect(document).toEqual(JSON.parse(await readFile('docs/session.asyncapi.json', 'utf8')));
    const page = await fetch(`${running.url}/docs/session`);
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    expect(html).toContain('id="command_rerun_from"');
    expect(html).not.toMatch(/<script|src=|>undefined<|\[object/);
  });

  test('the routes that need no credential are the golden ones, each with its reason', () => {
    compare(
      'open-routes.json',
      routes().flatMap(({ route, open }) => (open === undefined ? [] : [{ route, open }])),
    );
  });

  test('every other route is 401 without a credential', async () => {
    const closed = routes().filter(({ open }) => open === undefined);
    expect(closed.length).toBeGreaterThan(10);
    for (const { route, byCookie } of closed) {
      const [method = '', path = ''] = route.split(' ');
      const answer = await fetch(running.url + path.replace(/:\w+/g, 'some'), {
        method,
        headers: byCookie ? { cookie: 'switchyard=wrong' } : {},
      });
      expect([route, answer.status]).toEqual([route, 401]);
    }
  });

  test('the routes that speak OAuth are the golden ones', () => {
    compare('oauth-routes.json', protocolRoutes());
  });

  test('routes outside the controllers are those of OAuth, the documentation and the web client', () => {
    const all = [...routes().map(({ route }) => route), ...protocolRoutes()];
    const own = new Set(all.map((route) => route.replace(/^\w+ /, '')));
    const others = fastifyPaths(running).filter((path) => !own.has(path));
    const known = new RegExp(`^(/?\\*|/|/docs/(${SURFACES.map(({ surface }) => surface.name).join('|')}).*)$`);
    expect(others.filter((path) => !known.test(path))).toEqual([]);
  });
});

/** From the tree that Fastify prints: four columns a level, then the rest of the path and the methods. */
function fastifyPaths({ app }: RunningApplication): string[] {
  const tree = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const match = /^([│ ]*)[├└]── (.*) \([A-Z, ]+\)$/.exec(line);
    if (!match) return [];
    const [, indent = '', part = ''] = match;
    const level = indent.length / 4;
    above.splice(level, Infinity, part);
    return [above.join('')];
  });
}
