import { startTestApp, type TestApp } from '../support/app.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { type Caller, everyCaller, isAllowed } from './support/authorization/callers.js';
import { World } from './support/authorization/world.js';

const WHOSE = ['own', 'foreign', 'unknown', 'all'] as const;

let app: TestApp;
let callers: Caller[];
let places: Record<(typeof WHOSE)[number], string>;

beforeAll(async () => {
  app = await startTestApp();
  const world = new World(app);
  const home = await world.newUser(await world.newOrganization(), 'owner');
  const elsewhere = await world.newUser(await world.newOrganization(), 'owner');
  const [own, foreign] = [await world.newServer(home), await world.newServer(elsewhere)];
  places = { own: `/mcp/s/${own}`, foreign: `/mcp/s/${foreign}`, unknown: '/mcp/s/mcp_nothing', all: '/mcp' };
  callers = await everyCaller(world, { home, elsewhere });
}, 60_000);
afterAll(() => app.stop());

/** By the table alone: sign-ins of people count at other doors only. */
function expectedOf(caller: Caller, whose: (typeof WHOSE)[number], isCall: boolean): number | 'let in' {
  if (!caller.user || !caller.isKey) return 401;
  if (!isAllowed(caller, 'servers.read')) return 403;
  if (isCall && !isAllowed(caller, 'tools.call')) return 403;
  return whose === 'own' || whose === 'all' ? 'let in' : 404;
}

test('every caller is let in, refused, or told of nothing, as the table of permissions says', async () => {
  const faults: string[] = [];
  const missing = new Set<string>();
  for (const caller of callers) {
    const headers = (await caller.headersAt('client')) ?? {};
    for (const whose of WHOSE) {
      const program = new ModernProgram({ url: `${app.url}${places[whose]}`, headers });
      const asked = {
        list: await program.ask('tools/list'),
        discover: await program.ask('server/discover'),
        call: await program.call('nothing', {}),
      };
      for (const [what, said] of Object.entries(asked)) {
        const expected = expectedOf(caller, whose, what === 'call');
        // The server of this table is away, which only those hear who are let in.
        const status = [200, 502].includes(said.status) ? 'let in' : said.status;
        if (status !== expected)
          faults.push(`${caller.name}, ${whose}, ${what}: ${said.status}, not ${expected}: ${said.text}`);
        if (said.status === 404) missing.add(said.text.replaceAll(/req_[0-9a-f]+/g, 'req'));
      }
    }
  }
  expect(faults).toEqual([]);
  expect(missing.size).toBe(1);
});
