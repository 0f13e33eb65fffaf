import type { ClientRequest, Exchange, JsonObject, Reply } from '../src/index.js';

export interface FixtureTool {
  description: string;
  inputSchema?: JsonObject;
  run(request: ClientRequest, exchange: Exchange): Promise<Reply> | Reply;
}

export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const SILENCE = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQAAAAA=';

export const text = (words: string) => ({ type: 'text', text: words });

export const result = (...content: unknown[]): Reply => ({ kind: 'result', text: JSON.stringify({ content }) });

const resource = {
  uri: 'test://embedded-resource',
  mimeType: 'text/plain',
  text: 'This is an embedded resource content.',
};
const mixed = { uri: 'test://mixed-content-resource', mimeType: 'application/json', text: '{"test":"data"}' };

const simple = (description: string, ...content: unknown[]): FixtureTool => ({
  description,
  run: () => result(...content),
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const PLAIN_TOOLS: Record<string, FixtureTool> = {
  test_simple_text: simple('Text', text('This is a simple text response for testing.')),
  test_image_content: simple('Image', { type: 'image', data: PIXEL, mimeType: 'image/png' }),
  test_audio_content: simple('Audio', { type: 'audio', data: SILENCE, mimeType: 'audio/wav' }),
  test_embedded_resource: simple('Resource', { type: 'resource', resource }),
  test_multiple_content_types: simple(
    'Mixed',
    text('Multiple content types test:'),
    { type: 'image', data: PIXEL, mimeType: 'image/png' },
    { type: 'resource', resource: mixed },
  ),
  test_error_handling: {
    description: 'Fails',
    run: () => ({
      kind: 'result',
      text: JSON.stringify({ content: [text('This tool intentionally returns an error for testing')], isError: true }),
    }),
  },
  test_tool_with_logging: { description: 'Logs', run: logThrice },
  test_logging_tool: { description: 'Logs', run: logThrice },
  test_tool_with_progress: {
    description: 'Progress',
    run: async (_request, exchange) => {
      for (const progress of [0, 50, 100]) {
        exchange.progress({ progress, total: 100, message: `${progress} of 100` });
        await pause(10);
      }
      return result(text('done'));
    },
  },
  test_reconnection: {
    description: 'Lets go of its connection',
    run: async (_request, exchange) => {
      exchange.release?.();
      await pause(100);
      return result(text('Reconnection test completed'));
    },
  },
  json_schema_2020_12_tool: {
    description: 'A schema with everything',
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: {
          $anchor: 'addressDef',
          type: 'object',
          properties: { street: { type: 'string' }, city: { type: 'string' } },
        },
      },
      properties: {
        name: { type: 'string' },
        address: { $ref: '#/$defs/address' },
        contactMethod: { type: 'string', enum: ['phone', 'email'] },
        phone: { type: 'string' },
        email: { type: 'string' },
      },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false,
    },
    run: () => result(text('ok')),
  },
  test_custom_headers: {
    description: 'Arguments in headers',
    inputSchema: {
      type: 'object',
      properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, count: { type: 'integer' } },
      required: ['region'],
    },
    run: ({ params }) => result(text(JSON.stringify(params.arguments))),
  },
};

async function logThrice(_request: ClientRequest, exchange: Exchange): Promise<Reply> {
  for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
    exchange.log({ level: 'info', data });
    await pause(10);
  }
  return result(text('logged'));
}
