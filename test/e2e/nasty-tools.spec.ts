import { isDeepStrictEqual } from 'node:util';
import { compileTool, type Dialect } from '@app/schema-compiler';
import { unwrapLiterals } from '@app/task-graph';
import fc from 'fast-check';
import { valuesFor } from '../../libs/schema-compiler/test/arguments-for.js';
import { oracle } from '../../libs/schema-compiler/test/oracle.js';
import { everythingTools } from '../fixtures/model-tools.js';
import { EXAMPLES } from '../fixtures/nasty-schemas/examples.js';
import { NASTY_SCHEMAS, NEVER_CALLABLE } from '../fixtures/nasty-schemas/index.js';
import { startTestApp } from '../support/app.js';
import { VENDORS, type Vendor, type VendorReply, type VendorServer } from '../support/models/vendors.js';
import { TRANSPORTS, type Transport } from '../support/session-clients.js';
import { type ListingUpstream, startListingUpstream } from '../support/upstreams/listing-upstream.js';
import { type Declaration } from '../support/vendors/declaration-rules.js';

const SCHEMAS: Readonly<Record<string, Record<string, unknown>>> = {
  ...NASTY_SCHEMAS,
  ...Object.fromEntries(everythingTools().map(({ name, inputSchema }) => [name, inputSchema])),
};
/** What is no JSON that all read alike cannot be pinned, so it is not offered. */
const LEFT_OUT = 'name-surrogate-alone';
/** All are offered; of the corpus each tenth is called, or with `EACH_NASTY_SCHEMA=1` every one. */
const EACH = Number(process.env.EACH_NASTY_SCHEMA ?? 10);
const OFFERED = Object.keys(SCHEMAS).filter((name) => name !== LEFT_OUT && !NEVER_CALLABLE.has(name));
const isAlways = (name: string) => !Object.hasOwn(NASTY_SCHEMAS, name) || name.startsWith('name-dollar');
const CALLED = OFFERED.filter((name, index) => index % EACH === 0 || isAlways(name));
const AT_ONCE = 20;
const KEY = 'key-of-the-test';

interface Wanted {
  tool: string;
  /** As the model sends them, and as the tool takes them. */
  sent: Record<string, unknown>;
  taken: unknown;
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Arguments of which the tool's own schema will not complain, in the words of the model. */
function argumentsFor(tool: string, dialect: Dialect): Wanted {
  const { parameters, encode, decode } = compileTool(SCHEMAS[tool], dialect);
  const example = EXAMPLES[tool];
  const candidates = example
    ? [encode(example)]
    : fc.sample(valuesFor(parameters), { numRuns: 40, seed: 3 }).map(asJson);
  for (const sent of candidates) {
    const decoded = decode(sent);
    if (decoded.ok) return { tool, sent: sent as Record<string, unknown>, taken: unwrapLiterals(decoded.arguments) };
  }
  throw new Error(`no arguments were found for ${tool}`);
}

describe.each(VENDORS)('a server of nasty tools, with a model of $name', (vendor: Vendor) => {
  let upstream: ListingUpstream;
  let model: VendorServer;
  let app: Awaited<ReturnType<typeof startTestApp>>;
  beforeAll(async () => {
    upstream = await startListingUpstream(
      OFFERED.map((name) => ({ name, title: titleOf(name), description: `Does ${name}.`, inputSchema: SCHEMAS[name] })),
    );
    model = await vendor.start(KEY);
    app = await startTestApp(vendor.settings(model.url, KEY));
  });
  afterAll(async () => {
    await app.stop();
    await Promise.all([model.close(), upstream.close()]);
  });

  test('every tool is declared, called, and gets what its own schema takes', async () => {
    const person = await app.signIn();
    const server = await app.addServer(person, upstream.url, { approval_policy: 'auto_approve' });
    const say = async (...replies: VendorReply[]) => {
      model.script(...replies);
      const { body } = await person.call<{ id: string }>('POST', '/sessions', { server_id: server.id });
      const transport = TRANSPORTS[model.requests.length % TRANSPORTS.length] as Transport;
      const client = transport.connect(app.url, { serverId: server.id, token: person.token, session: body.id });
      await client.next('session_snapshot');
      client.send('chat_message', { text: 'Do it.' });
      const { payload } = await client.next('turn_finished', 90_000);
      expect(payload).toMatchObject({ outcome: 'done' });
      client.close();
    };

    await say(vendor.replies.text('Hello.'));
    const declared = vendor.declarations(model.requests.at(-1)?.body as never);
    const wrong: object[] = [];
    for (let from = 0; from < CALLED.length; from += AT_ONCE) {
      const wanted = CALLED.slice(from, from + AT_ONCE).map((tool) => argumentsFor(tool, vendor.name));
      const calls = wanted.map(({ tool, sent }) => ({ ...nameOf(tool, declared), args: sent }));
      const isPlan = from % (2 * AT_ONCE) > 0 || !calls.every(({ direct }) => direct);
      const nodes = calls.map(({ name, args }, index) => ({ key: `n${index}`, tool: name, arguments: args }));
      const before = upstream.calls.length;
      await say(isPlan ? vendor.replies.plan(nodes) : vendor.replies.calls(calls), vendor.replies.text('Done.'));
      const arrived = new Map(upstream.calls.slice(before).map((call) => [call.tool, call.arguments]));
      for (const { tool, taken } of wanted) {
        const args = arrived.get(tool);
        // What arrived holds no literals of ours any more.
        const fits = oracle(SCHEMAS[tool] ?? {})?.({ $literal: args }) ?? true;
        if (!fits || !isDeepStrictEqual(args, asJson(taken))) wrong.push({ tool, arrived: args, taken });
      }
    }
    expect(wrong).toEqual([]);
    expect(upstream.calls).toHaveLength(CALLED.length);
  }, 600_000);
});

/** Short, so that it is told whole however little room there is. */
const titleOf = (tool: string): string => `Tool ${OFFERED.indexOf(tool)}`;

/** By the title that this server has for each tool. */
function nameOf(tool: string, declared: readonly Declaration[]): { name: string; direct: boolean } {
  const title = `${titleOf(tool)}. `;
  const direct = declared.find(({ description = '' }) => description.startsWith(title));
  if (direct) return { name: direct.name, direct: true };
  const listed = JSON.stringify(declared.at(-1)?.parameters).split(String.raw`\n- `);
  const line = listed.find((text) => text.includes(title));
  if (!line) throw new Error(`the model was told nothing of ${tool}`);
  return { name: line.split(':')[0] ?? '', direct: false };
}
