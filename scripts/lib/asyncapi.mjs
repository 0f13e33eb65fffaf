import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { inRoot } from './node.mjs';
import { payloadSchemas } from './payload-schemas.mjs';

// Imports name what is built; here the sources are read as they are.
registerHooks({
  resolve: (specifier, context, next) => {
    if (!/^\.{1,2}\/.*\.js$/.test(specifier) || !context.parentURL?.startsWith('file:'))
      return next(specifier, context);
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    return next(existsSync(fileURLToPath(source)) ? source.href : specifier, context);
  },
});

const PAGE = 'docs/session-protocol.md';
const ENVELOPE = {
  v: 1,
  id: 'evt_01a1fd8504e37a57b661a9c1f5216de7',
  seq: 3,
  ts: '2026-11-21T09:51:55.619Z',
  session_id: 'session_01a1fd8504ad79da9e76e50cd735bcc9',
};
const COMMAND_ID = { type: 'string', maxLength: 128, description: "The client's own name for the frame." };
const ADDRESS = '/ws/server/{server_id}';

/** The AsyncAPI 3.0 document of the session protocol: schemas from its types, words and examples from its page. */
export async function asyncApi() {
  const { z } = await import('zod');
  const { COMMAND_PAYLOADS } = await import('../../libs/session-protocol/src/commands.ts');
  const { durable, passing, named } = payloadSchemas();
  const told = readPage();
  const messages = {
    ...messagesOf('command', COMMAND_PAYLOADS, told, (type, payload) =>
      frame(type, withoutDialect(z.toJSONSchema(payload)), { id: COMMAND_ID }, []),
    ),
    ...messagesOf('stored', durable, told, (type, payload) => frame(type, payload, envelope(true), ENVELOPED)),
    ...messagesOf('passing', passing, told, (type, payload) => frame(type, payload, envelope(false), PASSED)),
  };
  const keys = Object.keys(messages);
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Switchyard session protocol',
      version: '1.0.0',
      description:
        'What travels between this server and a client of a live session. A client needs only `type` and `payload`, and ' +
        'should ignore fields and types that it does not know: later versions add some.',
    },
    defaultContentType: 'application/json',
    channels: channels(keys),
    operations: operations(keys),
    components: { messages, schemas: named },
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

const ENVELOPED = ['v', 'id', 'seq', 'ts', 'session_id'];
const PASSED = ['v', 'id', 'ts', 'session_id'];

const envelope = (stored) => ({
  v: { const: 1, description: 'Version of the protocol.' },
  id: { type: 'string' },
  ...(stored
    ? { seq: { type: 'integer', minimum: 1, description: 'Number in the session: from 1, without gaps.' } }
    : {}),
  ts: { type: 'string', description: 'ISO 8601, UTC.' },
  session_id: { type: 'string' },
});

const frame = (type, payload, others, required) => ({
  type: 'object',
  properties: { ...others, type: { const: type }, payload },
  required: [...required, 'type', 'payload'],
});

function withoutDialect(schema) {
  const { $schema, ...rest } = schema;
  if ($schema !== 'https://json-schema.org/draft/2020-12/schema') throw new Error(`Another dialect: ${$schema}`);
  return rest;
}

function messagesOf(kind, payloads, told, schemaOf) {
  return Object.fromEntries(
    Object.entries(payloads).map(([type, payload]) => {
      const { words, examples } = told(kind, type);
      const { seq, ...passed } = ENVELOPE;
      const enclosed = { command: {}, stored: { ...passed, seq }, passing: passed }[kind];
      const message = {
        name: type,
        title: `${type} (${kind === 'command' ? 'command' : `${kind} event`})`,
        ...(words === '' ? {} : { description: words }),
        payload: schemaOf(type, payload),
        examples: examples.map((example) => ({ payload: { ...enclosed, ...example } })),
      };
      return [`${kind}_${type}`, message];
    }),
  );
}

/** The prose and the examples under a heading of the page, which tests hold against the types. */
function readPage() {
  const text = readFileSync(inRoot(PAGE), 'utf8');
  const sections = text.split(/^#{2,4} /m).map((section) => {
    const [heading = ''] = section.split('\n', 1);
    return { heading: heading.trim(), body: section.slice(heading.length) };
  });
  const examplesOf = (body, kind) =>
    [...body.matchAll(/^```json (\w+)\n([\s\S]*?)^```$/gm)]
      .filter(([, found]) => found === kind)
      .map(([, , example]) => JSON.parse(example));
  return (kind, type) => {
    const own = sections.find(({ heading, body }) => heading === type && examplesOf(body, kind).length > 0);
    const all = sections.flatMap(({ body }) => examplesOf(body, kind)).filter((example) => example.type === type);
    const words = own?.body.replace(/^```[\s\S]*?^```$/gm, '').replace(/^\|.*$/gm, '') ?? '';
    return {
      words: words
        .replace(/\n(?!\n)/g, ' ')
        .replace(/\s*\n\s*/g, '\n\n')
        .trim(),
      examples: all,
    };
  };
}

function channels(keys) {
  const messages = Object.fromEntries(keys.map((key) => [key, { $ref: `#/components/messages/${key}` }]));
  const parameters = { server_id: { description: 'The MCP server that the session is on.' } };
  const query = (properties) => ({
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, description]) => [name, { type: 'string', description }]),
    ),
  });
  const session = {
    session: 'Which session. Without it the latest one of yours on the server, or a new one.',
    after: 'The `seq` of the last event you have: later ones are sent first.',
  };
  return {
    rawWebSocket: {
      address: ADDRESS,
      title: 'Raw WebSocket',
      description: 'A text frame is one JSON object. The access token may come in `Authorization: Bearer …` instead.',
      parameters,
      messages,
      bindings: {
        ws: {
          method: 'GET',
          query: query({
            token: 'An access token.',
            ticket: 'From `POST /api/v1/ws/tickets`: works once, within 30 seconds.',
            ...session,
          }),
          bindingVersion: '0.1.0',
        },
      },
    },
    socketIo: {
      address: ADDRESS,
      title: 'socket.io',
      description:
        'A namespace of socket.io with the same path. A message is `emit(type, payload, envelope)`: what is one frame over ' +
        'the raw transport are three arguments here. `token`, `ticket`, `session` and `after` are in the `auth` of the handshake.',
      parameters,
      messages,
    },
  };
}

function operations(keys) {
  const all = (channel, kind) =>
    keys.filter((key) => key.startsWith(`${kind}_`)).map((key) => ({ $ref: `#/channels/${channel}/messages/${key}` }));
  const of = (channel) => {
    const place = { channel: { $ref: `#/channels/${channel}` } };
    return {
      [`${channel}Commands`]: {
        action: 'receive',
        ...place,
        title: 'Commands',
        summary: 'What a client asks for. One with an `id` is answered by an `ack`, an `error` or a `pong`.',
        messages: all(channel, 'command'),
      },
      [`${channel}StoredEvents`]: {
        action: 'send',
        ...place,
        title: 'Stored events',
        summary: 'Numbered by `seq`, replayed to whoever comes back.',
        messages: all(channel, 'stored'),
      },
      [`${channel}PassingEvents`]: {
        action: 'send',
        ...place,
        title: 'Passing events',
        summary: 'Never stored: what they say is in a later stored event or in the snapshot.',
        messages: all(channel, 'passing'),
      },
    };
  };
  return { ...of('rawWebSocket'), ...of('socketIo') };
}
