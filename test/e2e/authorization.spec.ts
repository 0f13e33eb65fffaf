import { type CommandPayload, type CommandType } from '@app/session-protocol';
import { startTestApp, type TestApp } from '../support/app.js';
import { listRoutes, type Route } from '../support/routes.js';
import { type SessionClient, TRANSPORTS } from '../support/session-clients.js';
import { type Caller, type Door, everyCaller, isAllowed } from './support/authorization/callers.js';
import { type Fixture, type FixtureScene, FIXTURES, WHOSE, type Whose } from './support/authorization/fixtures.js';
import { World } from './support/authorization/world.js';

let app: TestApp;
let scene: FixtureScene;
let callers: Caller[];

beforeAll(async () => {
  app = await startTestApp();
  const world = new World(app);
  const [home, elsewhere] = [
    await world.newUser(await world.newOrganization(), 'owner'),
    await world.newUser(await world.newOrganization(), 'owner'),
  ];
  const [homeServer, elsewhereServer] = [await world.newServer(home), await world.newServer(elsewhere)];
  scene = { world, home, elsewhere, homeServer, elsewhereServer };
  callers = await everyCaller(world, { home, elsewhere });
}, 60_000);
afterAll(() => app.stop());

const closedRoutes = () => listRoutes(app.get).filter(({ open }) => open === undefined);
const fixtureOf = ({ route, controller }: Route): Fixture | undefined =>
  FIXTURES[`${route} of ${controller}`] ?? FIXTURES[route];

test('every route that names a thing or changes one has its line in the table of fixtures, and no other', () => {
  const routes = closedRoutes();
  const missing = routes.filter((route) => !fixtureOf(route) && (!/^GET /.test(route.route) || /:/.test(route.route)));
  expect(missing.map(({ route, controller }) => `${route} of ${controller}`)).toEqual([]);
  const known = new Set(routes.flatMap(({ route, controller }) => [route, `${route} of ${controller}`]));
  expect(Object.keys(FIXTURES).filter((name) => !known.has(name))).toEqual([]);
  expect(routes.filter(({ action }) => action === undefined)).toEqual([]);
});

interface Told {
  status: number;
  /** All that was said, but for what names the request and the thing. */
  said: string;
}

function doorOf({ route, controller }: Route): Door {
  const path = route.split(' ')[1] ?? '';
  if (controller.startsWith('Builder')) return 'builder';
  if (path.startsWith('/api/mcp-servers')) return 'registration';
  if (path.startsWith('/v1/')) return 'platform';
  return ['/api/v1/', '/api/artifacts/', '/oauth/'].some((prefix) => path.startsWith(prefix)) ? 'client' : 'admin';
}

async function ask(route: Route, caller: Caller, whose: Whose): Promise<Told | 'cannot knock'> {
  const fixture = fixtureOf(route) ?? {};
  const by = fixture.byACopy && caller.copy ? await caller.copy() : caller;
  const headers = await by.headersAt(doorOf(route));
  if (!headers) return 'cannot knock';
  const id = await fixture.id?.(whose, scene, by);
  const [method = '', pattern = ''] = route.route.split(' ');
  const filled = id === undefined ? pattern : pattern.replace(/:\w+/, id);
  const path = (fixture.rest === undefined ? filled : filled.replace(/:\w+/, fixture.rest)) + (fixture.query ?? '');
  const named = fixture.inBody === undefined ? {} : { [fixture.inBody]: id };
  const body = fixture.body || fixture.inBody ? { ...fixture.body, ...named } : undefined;
  const options = { headers, ...(body && { body }) };
  // A stream that opens does not end by itself: that it opens is the answer.
  const answer = fixture.streams ? await peek(method, path, headers) : await app.api(method, path, options);
  const heard = ['content-type', 'www-authenticate', 'cache-control', 'content-length'];
  const said = JSON.stringify([answer.text, ...heard.map((name) => answer.headers.get(name))]);
  return { status: answer.status, said: said.replaceAll(/req_[0-9a-f]+/g, 'req').replaceAll(id ?? '\0', 'id') };
}

/** The head of an answer; its body only where it is an error. */
async function peek(method: string, path: string, headers: Record<string, string>) {
  const leave = new AbortController();
  const answer = await fetch(app.url + path, { method, headers, signal: leave.signal });
  const text = answer.ok ? '' : await answer.text();
  leave.abort();
  return { status: answer.status, headers: answer.headers, text };
}

/** What is wrong in the row of one caller at one route. */
async function judge(route: Route, caller: Caller): Promise<string[]> {
  const { id, ofTheInstance, ofAnotherBrowser } = fixtureOf(route) ?? {};
  const kinds = WHOSE.filter((whose) =>
    id ? caller.isAtHome || !caller.user || whose !== 'foreign' : whose === 'own',
  );
  const told: [Whose, Told | 'cannot knock'][] = [];
  for (const whose of kinds) told.push([whose, await ask(route, caller, whose)]);
  const faults = told.flatMap(([whose, answer]) => {
    if (answer === 'cannot knock') return [];
    const isThere = whose === 'own' ? (caller.isAtHome || !id) && !ofAnotherBrowser : false;
    const expected = expectedOf(route, caller, isThere || (ofTheInstance === true && whose !== 'unknown'));
    const isRight = expected === 'let in' ? ![401, 403, 404].includes(answer.status) : answer.status === expected;
    // The Platform API says 500 of an upstream that is away, too.
    const isOurFault = answer.status === 500 && !answer.said.includes('MCP_SERVICE_ERROR');
    return isRight && !isOurFault
      ? []
      : [`${route.route}: ${caller.name}, ${whose}: ${answer.status}, not ${expected}: ${answer.said.slice(0, 300)}`];
  });
  const missing = told.flatMap(([, answer]) =>
    answer !== 'cannot knock' && answer.status === 404 ? [answer.said] : [],
  );
  if (new Set(missing).size > 1) faults.push(`${route.route}: ${caller.name}: ${missing.join(' is not ')}`);
  return faults;
}

function expectedOf({ action }: Route, caller: Caller, isThere: boolean): 401 | 403 | 404 | 'let in' {
  if (!caller.user || !action) return 401;
  if (!isAllowed(caller, action)) return 403;
  return isThere ? 'let in' : 404;
}

test('every caller is let in, refused, or told of nothing, as the table of permissions says', async () => {
  const faults: string[] = [];
  for (const route of closedRoutes()) {
    faults.push(...(await Promise.all(callers.map((caller) => judge(route, caller)))).flat());
  }
  expect(faults).toEqual([]);
}, 300_000);

/** Each is valid, and meant for a task, a plan or a question that is not there. */
const COMMANDS: { readonly [Type in CommandType]: CommandPayload<Type> } = {
  chat_message: { text: 'Hello.' },
  approve_task: { node_id: 'task_0' },
  approve_all: { plan_id: 'plan_0' },
  reject_task: { node_id: 'task_0' },
  edit_task: { node_id: 'task_0', arguments: {} },
  retry_task: { node_id: 'task_0' },
  resolve_task: { node_id: 'task_0', outcome: 'failed' },
  rerun_from: { node_id: 'task_0' },
  retry_turn: {},
  stop: {},
  input_response: { request_id: 'inp_0', action: 'cancel' },
  resume: { after: 0 },
  ping: {},
};
const READING: readonly string[] = ['resume', 'ping'] satisfies CommandType[];
const REFUSED = ['ROLE_TOO_LOW', 'SCOPE_MISSING', 'SIGN_IN_NEEDED'];
const CLOSE_CODES = { 401: 4401, 403: 4403, 404: 4404 };

describe.each(TRANSPORTS)('over $name', (transport) => {
  /** How the door answers: undefined when it opens. */
  async function knock(caller: Caller, to: { serverId: string; session?: string }): Promise<string | undefined> {
    const token = await caller.token();
    const client = transport.connect(app.url, { ...to, ...(token !== undefined && { token }) });
    const first = await Promise.race([client.seen('hello').catch(() => undefined), client.closed]);
    client.close();
    if (typeof first === 'object') return undefined;
    const { payload } = client.frames.find(({ type }) => type === 'error') ?? {};
    return `${first ?? (await client.closed)} ${String(payload?.code)} ${String(payload?.message)}`;
  }

  async function judgeDoor(caller: Caller): Promise<string[]> {
    const faults: string[] = [];
    for (const kind of ['server', 'session'] as const) {
      const refusals = new Set<string>();
      for (const whose of WHOSE) {
        if (whose === 'foreign' && caller.user && !caller.isAtHome) continue;
        const id = await SOCKET_IDS[kind](whose, scene, caller);
        const expected = socketExpectation(caller, whose);
        // Who is elsewhere has no server here on which to ask for a session.
        const to = kind === 'server' ? { serverId: id } : { serverId: scene.homeServer, session: id };
        const refusal = await knock(caller, to);
        const isRight = expected === 'let in' ? !refusal : refusal?.startsWith(`${CLOSE_CODES[expected]} `);
        if (!isRight) faults.push(`${kind}: ${caller.name}, ${whose}: ${refusal ?? 'let in'}, not ${expected}`);
        if (expected === 404 && refusal) refusals.add(refusal);
      }
      if (refusals.size > 1) faults.push(`${kind}: ${caller.name}: ${[...refusals].join(' is not ')}`);
    }
    return faults;
  }

  test('the door opens as the table of permissions says, and tells no more of another one than of none', async () => {
    expect((await Promise.all(callers.map(judgeDoor))).flat()).toEqual([]);
  }, 60_000);

  test('each command is carried out or refused as the table says', async () => {
    const inside = callers.filter((caller) => caller.isAtHome && isAllowed(caller, 'sessions.read'));
    const faults = await Promise.all(
      inside.map(async (caller) => {
        const session = await SOCKET_IDS.session('own', scene, caller);
        const token = (await caller.token()) ?? '';
        const client = transport.connect(app.url, { serverId: scene.homeServer, session, token });
        await client.next('session_snapshot');
        const wrong = await judgeCommands(client, caller);
        client.close();
        return wrong;
      }),
    );
    expect(inside.length).toBeGreaterThan(4);
    expect(faults.flat()).toEqual([]);
  }, 60_000);
});

const SOCKET_IDS = {
  server: idsOf('GET /api/v1/servers/:server_id'),
  session: idsOf('GET /api/v1/sessions/:session_id'),
};

function idsOf(route: string): NonNullable<Fixture['id']> {
  const { id } = FIXTURES[route] ?? {};
  if (!id) throw new Error(`${route} has no ids.`);
  return id;
}

function socketExpectation(caller: Caller, whose: Whose): 401 | 403 | 404 | 'let in' {
  if (!caller.user) return 401;
  if (!isAllowed(caller, 'sessions.read')) return 403;
  return caller.isAtHome && whose === 'own' ? 'let in' : 404;
}

async function judgeCommands(client: SessionClient, caller: Caller): Promise<string[]> {
  const faults: string[] = [];
  for (const [type, payload] of Object.entries(COMMANDS)) {
    client.sendRaw(type, payload, { id: type });
    const { payload: answer } = await client.next((frame) => frame.payload.in_reply_to === type);
    const isRefused = REFUSED.includes(String(answer.code));
    const isMeant = isAllowed(caller, READING.includes(type) ? 'sessions.read' : 'sessions.use');
    if (isRefused === isMeant) faults.push(`${type}: ${caller.name}: ${JSON.stringify(answer)}`);
  }
  return faults;
}
