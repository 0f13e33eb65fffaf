import type { PlanNode } from '@app/session-protocol';
import { type Person, type ServerRow, startTestApp, type TestApp } from '../../support/app.js';
import { type ScriptedGemini, startScriptedGemini } from '../../support/gemini/scripted-gemini.js';
import type { ConnectOptions, Frame, SessionClient, Transport } from '../../support/session-clients.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { createPuppetBrain, type Puppetry } from './puppet.js';

export interface Scene {
  app: TestApp;
  gemini: ScriptedGemini;
  upstream: ScriptedUpstream;
  person: Person;
  server: ServerRow;
  /** A session of its own, so that tests do not meet. */
  newSession: (server?: ServerRow, person?: Person) => Promise<string>;
  /** In a new session unless one is named; once the snapshot is there. */
  join: (transport: Transport, options?: Partial<ConnectOptions>) => Promise<JoinedClient>;
  stop: () => Promise<void>;
}

export type JoinedClient = SessionClient & { session: string };

/** The product with a model on strings, one person, and one server that asks before every call. */
export async function startScene(settings: Record<string, string> = {}): Promise<Scene> {
  const [gemini, upstream] = [await startScriptedGemini({ brain: createPuppetBrain() }), await startScriptedUpstream()];
  const app = await startTestApp({
    LLM_PROVIDER: 'gemini',
    GEMINI_API_KEY: 'test-key',
    GEMINI_BASE_URL: gemini.url,
    ...settings,
  });
  const person = await app.signIn();
  const server = await app.addServer(person, upstream.url, { name: 'Scripted' });
  const clients: SessionClient[] = [];
  const newSession: Scene['newSession'] = async (on = server, by = person) =>
    (await by.call<{ id: string }>('POST', '/sessions', { server_id: on.id })).body.id;
  return {
    app,
    gemini,
    upstream,
    person,
    server,
    newSession,
    join: async (transport, options = {}) => {
      const session = options.session ?? (await newSession());
      const client = transport.connect(app.url, { serverId: server.id, token: person.token, ...options, session });
      clients.push(client);
      await client.next('session_snapshot');
      return Object.assign(client, { session });
    },
    stop: async () => {
      for (const client of clients) client.close();
      upstream.memory.release();
      await app.stop();
      await Promise.all([gemini.close(), upstream.close()]);
    },
  };
}

export interface Proposed {
  planId: string;
  revision: number;
  turnId: string;
  /** Of the session, by the key that the model gave. */
  ids: Record<string, string>;
  nodes: PlanNode[];
}

let messages = 0;

/** Tells the model what to do, and waits for the plan that comes of it. */
export async function propose(client: SessionClient, puppetry: Puppetry): Promise<Proposed> {
  messages += 1;
  const clientMsgId = `message-${messages}`;
  client.send('chat_message', { text: JSON.stringify({ ...puppetry, n: messages }), client_msg_id: clientMsgId });
  const { payload } = await client.next('task_graph_proposal');
  const nodes = payload.nodes as PlanNode[];
  const keys = (puppetry.plan ?? []).map(({ key }) => key);
  return {
    planId: String(payload.plan_id),
    revision: Number(payload.revision),
    turnId: String(payload.turn_id),
    ids: Object.fromEntries(keys.map((key, index) => [key, nodes[index]?.id ?? ''])),
    nodes,
  };
}

/** A plan of one call. */
export const proposeOne = async (client: SessionClient, tool: string, args: Record<string, unknown> = {}) => {
  const proposed = await propose(client, { plan: [{ key: 'only', tool, arguments: args }] });
  return { ...proposed, node: proposed.ids.only ?? '' };
};

/** The node's next arrival in a status, from here on. */
export const becomes = (node: string, status: string) => (frame: Frame) =>
  frame.type === 'task_update' && frame.payload.node_id === node && frame.payload.status === status;

export const isError =
  (code: string, inReplyTo?: string) =>
  ({ type, payload }: Frame) =>
    type === 'error' && payload.code === code && (inReplyTo === undefined || payload.in_reply_to === inReplyTo);

export const said = (part: string) => (frame: Frame) =>
  frame.type === 'chat_message' && frame.payload.sender === 'AGENT' && String(frame.payload.text).includes(part);

export const ended = (outcome: string) => (frame: Frame) =>
  frame.type === 'turn_finished' && frame.payload.outcome === outcome;

/** Where the server stands: what it answers to a command was sent before this. */
export async function settled(client: SessionClient): Promise<void> {
  messages += 1;
  const id = `ping-${messages}`;
  client.send('ping', {}, { id });
  await client.seen(({ type, payload }) => type === 'pong' && payload.in_reply_to === id);
}
