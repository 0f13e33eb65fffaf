import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { FASTIFY_ROUTE_CONSTRAINTS_METADATA } from '@nestjs/platform-fastify/constants.js';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SURFACES } from '../../../src/app.module.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { type RunningApplication, startApplication } from '../../../src/start/application.js';
import { Public } from '../../../src/surfaces/pipeline/auth.guard.js';
import { compareWithGolden } from '../support/compatibility.js';
import { createStored, type Stored } from '../support/stored.js';

const GOLDEN = join(__dirname, '../golden');
const HOW =
  'Meant? UPDATE_GOLDEN=1 npm run test:contracts -- golden writes it anew; look at the difference before it is kept.';

interface Route {
  route: string;
  /** Why it needs no credential; absent when it needs one. */
  open?: string;
  /** Where another surface has the same route: only with a session cookie it is this one. */
  byCookie?: boolean;
}

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

  const listRoutes = (): Route[] => {
    const [reflector, scanner] = [running.app.get(Reflector), new MetadataScanner()];
    const routes = running.app
      .get(DiscoveryService)
      .getControllers()
      .flatMap(({ instance, metatype }) => {
        if (!metatype) return [];
        const prefixes = [Reflect.getMetadata(PATH_METADATA, metatype) as string | string[]].flat();
        const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
        return scanner.getAllMethodNames(prototype).flatMap((name) => {
          const handler = prototype[name];
          if (!handler || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
          const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
          const path = Reflect.getMetadata(PATH_METADATA, handler) as string;
          const open = reflector.getAllAndOverride(Public, [handler, metatype]) as string | undefined;
          return prefixes.map((prefix) => {
            const parts = [prefix, path].map((part) => part.replace(/^\/|\/$/g, '')).filter((part) => part !== '');
            const route = `${method} /${parts.join('/')}`;
            const byCookie = Reflect.hasMetadata(FASTIFY_ROUTE_CONSTRAINTS_METADATA, handler);
            return { route, ...(open !== undefined && { open }), ...(byCookie && { byCookie }) };
          });
        });
      });
    return routes.sort((one, other) => (one.route < other.route ? -1 : 1));
  };

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
      listRoutes().filter(({ open }) => open !== undefined),
    );
  });

  test('every other route is 401 without a credential', async () => {
    const closed = listRoutes().filter(({ open }) => open === undefined);
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

  test('routes outside the controllers are the documentation and the web client', () => {
    const own = new Set(listRoutes().map(({ route }) => route.replace(/^\w+ /, '')));
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
