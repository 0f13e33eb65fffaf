import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { COMMAND_TYPES } from '../../libs/session-protocol/src/index.js';

const ROOT = resolve(__dirname, '../..');
const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

interface Document {
  components: {
    messages: Record<string, { name: string; payload: object; examples: { payload: unknown }[] }>;
    schemas: Record<string, object>;
  };
}
const document = read('docs/session.asyncapi.json') as Document;

test('the document of the session protocol is AsyncAPI 3.0', () => {
  const ajv = new Ajv({ strict: false, logger: false, meta: false, validateSchema: false });
  const validate = ajv.compile(read('node_modules/@asyncapi/specs/schemas/3.0.0.json') as AnySchema);
  expect([validate(document), validate.errors ?? []]).toEqual([true, []]);
});

test('it has every command, and an example of each message that fits its schema', () => {
  const { messages, schemas } = document.components;
  const commands = Object.keys(messages).filter((key) => key.startsWith('command_'));
  expect(commands.sort()).toEqual(COMMAND_TYPES.map((type) => `command_${type}`).sort());
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'all', components: { schemas } });
  const text = (payload: object) => JSON.stringify(payload).replaceAll('"#/components', '"all#/components');
  for (const [key, { payload, examples }] of Object.entries(messages)) {
    const validate = ajv.compile(JSON.parse(text(payload)) as AnySchema);
    expect([key, examples.length > 0]).toEqual([key, true]);
    for (const example of examples) {
      expect([key, validate(example.payload), validate.errors ?? []]).toEqual([key, true, []]);
    }
  }
});
