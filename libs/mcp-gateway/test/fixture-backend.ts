import {
  type ClientRequest,
  CODES,
  type Exchange,
  isObject,
  type JsonObject,
  type Listed,
  type ListPage,
  type McpBackend,
  type Notification,
  ProtocolError,
  readParamHeaders,
  type Reply,
  type ServerDescription,
  type SubscriptionFilter,
} from '../src/index.js';
import { ASKING_TOOLS, promptWithInput } from './fixture-questions.js';
import { type FixtureTool, PIXEL, PLAIN_TOOLS, result, text } from './fixture-tools.js';

const RESOURCES: Record<string, JsonObject> = {
  'test://static-text': { mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
  'test://static-binary': { mimeType: 'image/png', blob: PIXEL },
  'test://watched-resource': { mimeType: 'text/plain', text: 'Watched.' },
};

const said = (...content: unknown[]): unknown => content.map((one) => ({ role: 'user', content: one }));

const PROMPTS: Record<string, (args: JsonObject) => unknown> = {
  test_simple_prompt: () => said(text('This is a simple prompt for testing.')),
  test_prompt_with_arguments: ({ arg1, arg2 }) =>
    said(text(`Prompt with arguments: arg1='${String(arg1)}', arg2='${String(arg2)}'`)),
  test_prompt_with_embedded_resource: ({ resourceUri }) =>
    said(
      { type: 'resource', resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded.' } },
      text('Please process the embedded resource above.'),
    ),
  test_prompt_with_image: () =>
    said({ type: 'image', data: PIXEL, mimeType: 'image/png' }, text('Please analyze the image above.')),
};

const PROMPT_ARGUMENTS: Record<string, string[]> = {
  test_prompt_with_arguments: ['arg1', 'arg2'],
  test_prompt_with_embedded_resource: ['resourceUri'],
};

/** A server in memory that offers what the conformance suites ask for. Its callers are names. */
export class FixtureBackend implements McpBackend<string> {
  readonly tools: Record<string, FixtureTool> = { ...PLAIN_TOOLS, ...ASKING_TOOLS };
  readonly requests: ClientRequest[] = [];
  readonly #ears = new Set<{ filter: SubscriptionFilter; hear: (notification: Notification) => void }>();

  constructor() {
    this.tools.test_trigger_tool_change = this.#trigger('notifications/tools/list_changed');
    this.tools.test_trigger_prompt_change = this.#trigger('notifications/prompts/list_changed');
  }

  get listening(): SubscriptionFilter[] {
    return [...this.#ears].map(({ filter }) => filter);
  }

  describe(caller: string): ServerDescription {
    return {
      info: { name: 'fixture', version: '1.0.0' },
      instructions: `Hello, ${caller}.`,
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        completions: {},
        logging: {},
      },
      ttlMs: 1000,
    };
  }

  list(_caller: string, what: Listed, cursor: string | undefined): ListPage {
    if (cursor !== undefined && cursor !== 'second') throw new ProtocolError(CODES.invalidParams, 'No such cursor.');
    return { json: JSON.stringify(this.#listed(what)), ttlMs: 5000 };
  }

  async request(_caller: string, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    this.requests.push(request);
    const { method, params } = request;
    if (method === 'tools/call') return this.#tool(params.name).run(request, exchange);
    if (method === 'resources/read') return read(String(params.uri));
    if (method === 'prompts/get') return this.#prompt(request, exchange);
    return { kind: 'result', text: JSON.stringify({ completion: { values: ['paris', 'park'], hasMore: false } }) };
  }

  subscribe(_caller: string, filter: SubscriptionFilter, hear: (notification: Notification) => void): () => void {
    const ear = { filter, hear };
    this.#ears.add(ear);
    return () => void this.#ears.delete(ear);
  }

  paramHeaders(_caller: string, tool: string) {
    return readParamHeaders(this.tools[tool]?.inputSchema);
  }

  tell(method: string, params?: JsonObject): void {
    for (const { hear } of this.#ears) hear({ method, params });
  }

  #trigger(method: string): FixtureTool {
    return {
      description: 'Changes a list',
      run: () => {
        this.tell(method);
        return result(text('changed'));
      },
    };
  }

  #tool(name: unknown): FixtureTool {
    const tool = typeof name === 'string' ? this.tools[name] : undefined;
    if (!tool) throw new ProtocolError(CODES.invalidParams, 'There is no such tool.');
    return tool;
  }

  #prompt(request: ClientRequest, exchange: Exchange): Promise<Reply> | Reply {
    const { name, arguments: args } = request.params;
    if (name === 'test_input_required_result_prompt') return promptIn(promptWithInput, request, exchange);
    const prompt = typeof name === 'string' ? PROMPTS[name] : undefined;
    if (!prompt) throw new ProtocolError(CODES.invalidParams, 'There is no such prompt.');
    return { kind: 'result', text: JSON.stringify({ messages: prompt(isObject(args) ? args : {}) }) };
  }

  #listed(what: Listed): unknown {
    switch (what) {
      case 'tools':
        return Object.entries(this.tools).map(([name, { description, inputSchema }]) => ({
          name,
          description,
          inputSchema: inputSchema ?? { type: 'object', properties: {} },
        }));
      case 'resources':
        return Object.entries(RESOURCES).map(([uri, { mimeType }]) => ({ uri, name: uri, description: uri, mimeType }));
      case 'resourceTemplates':
        return [{ uriTemplate: 'test://template/{id}/data', name: 'template', description: 'By id' }];
      case 'prompts':
        return [...Object.keys(PROMPTS), 'test_input_required_result_prompt'].map((name) => ({
          name,
          description: name,
          arguments: (PROMPT_ARGUMENTS[name] ?? []).map((argument) => ({
            name: argument,
            description: argument,
            required: true,
          })),
        }));
    }
  }
}

async function promptIn(tool: FixtureTool, request: ClientRequest, exchange: Exchange): Promise<Reply> {
  const reply = await tool.run(request, exchange);
  return reply.kind === 'result'
    ? { kind: 'result', text: JSON.stringify({ messages: said(text(reply.text.toString())) }) }
    : reply;
}

function read(uri: string): Reply {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  const byId = id !== undefined && {
    mimeType: 'application/json',
    text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
  };
  const content = byId || RESOURCES[uri];
  if (!content) throw new ProtocolError(CODES.invalidParams, 'Resource not found', { data: { uri } });
  return { kind: 'result', text: JSON.stringify({ contents: [{ uri, ...content }] }), ttlMs: 100 };
}
