import {
  type ClientRequest,
  CODES,
  type Exchange,
  isObject,
  type JsonObject,
  ProtocolError,
  type Question,
  type Reply,
} from '../src/index.js';
import { type FixtureTool, result, text } from './fixture-tools.js';

const form = (message: string, properties: JsonObject, required: string[] = []): Question => ({
  method: 'elicitation/create',
  params: { message, requestedSchema: { type: 'object', properties, ...(required.length > 0 && { required }) } },
});

const sampling = (words: string): Question => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: text(words) }], maxTokens: 100 },
});

const roots: Question = { method: 'roots/list', params: {} };
const nameForm = form('What is your name?', { name: { type: 'string' } }, ['name']);

/** A tool of the legacy era: asks while it runs, and tells what it heard. */
const asking = (description: string, question: (args: JsonObject) => Question): FixtureTool => ({
  description,
  run: async ({ params }, exchange) => {
    const asked = question(isObject(params.arguments) ? params.arguments : {});
    if (!exchange.ask) throw missing(asked.method);
    return result(text(JSON.stringify(await exchange.ask(asked, {}))));
  },
});

/** A tool of the modern era: answers with questions until it has all answers. */
const inputs = (
  questions: Record<string, Question>,
  done: (request: ClientRequest) => string,
  state?: unknown,
): FixtureTool => ({
  description: 'Needs input',
  run: (request) => {
    const responses = request.input?.responses ?? {};
    const open = Object.entries(questions).filter(([key]) => !isObject(responses[key]));
    if (open.length === 0) return result(text(done(request)));
    return { kind: 'input_required', inputRequests: Object.fromEntries(open), state };
  },
});

const missing = (method: string): ProtocolError =>
  new ProtocolError(CODES.missingCapability, 'The client cannot be asked.', {
    data: { requiredCapabilities: { [method.split('/')[0] ?? '']: {} } },
  });

const needs = (capability: string): FixtureTool => ({
  description: `Needs ${capability}`,
  run: ({ clientCapabilities }) => {
    if (isObject(clientCapabilities[capability])) return result(text('ok'));
    throw missing(capability);
  },
});

const saidIn = ({ input }: ClientRequest): string => JSON.stringify(input?.responses);

export const ASKING_TOOLS: Record<string, FixtureTool> = {
  test_sampling: asking('Samples', ({ prompt }) => sampling(String(prompt))),
  test_elicitation: asking('Elicits', ({ message }) =>
    form(String(message), { username: { type: 'string' }, email: { type: 'string' } }, ['username', 'email']),
  ),
  test_elicitation_sep1034_defaults: asking('Defaults', () =>
    form('Please review and update the form fields with defaults', {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    }),
  ),
  test_elicitation_sep1330_enums: asking('Enums', () => {
    const values = ['option1', 'option2', 'option3'];
    const titled = values.map((value) => ({ const: value, title: `Title of ${value}` }));
    return form('Please select options from the enum fields', {
      untitledSingle: { type: 'string', enum: values },
      titledSingle: { type: 'string', oneOf: titled },
      legacyEnum: { type: 'string', enum: values, enumNames: values.map((value) => `Name of ${value}`) },
      untitledMulti: { type: 'array', items: { type: 'string', enum: values } },
      titledMulti: { type: 'array', items: { anyOf: titled } },
    });
  }),
  test_missing_capability: needs('sampling'),
  test_streaming_elicitation: {
    description: 'Elicits in the way of the era',
    run: (_request: ClientRequest, exchange: Exchange): Reply => {
      exchange.progress({ progress: 1 });
      return { kind: 'input_required', inputRequests: { user_name: { ...nameForm } } };
    },
  },
  test_input_required_result_elicitation: inputs({ user_name: nameForm }, ({ input }) => {
    const answer = input?.responses.user_name as { content?: { name?: string } };
    return `Hello, ${answer.content?.name}!`;
  }),
  test_input_required_result_sampling: inputs({ capital_question: sampling('What is the capital of France?') }, saidIn),
  test_input_required_result_list_roots: inputs({ client_roots: roots }, saidIn),
  test_input_required_result_request_state: inputs(
    { confirm: form('Please confirm', { ok: { type: 'boolean' } }, ['ok']) },
    ({ input }) => (input?.state === 'round 1' ? 'state-ok' : 'state lost'),
    'round 1',
  ),
  test_input_required_result_tampered_state: inputs(
    { confirm: form('Please confirm', { ok: { type: 'boolean' } }, ['ok']) },
    () => 'confirmed',
    'sealed',
  ),
  test_input_required_result_multiple_inputs: inputs(
    { user_name: nameForm, greeting: sampling('Generate a greeting'), client_roots: roots },
    saidIn,
    { of: 'three' },
  ),
  test_input_required_result_multi_round: {
    description: 'Asks twice',
    run: ({ input }) => {
      const step = input?.responses.step1 ? 2 : input?.responses.step2 ? 3 : 1;
      if (step === 3) return result(text(`done after ${JSON.stringify(input?.state)}`));
      const [asked, property] = step === 1 ? ['your name', 'name'] : ['your favorite color', 'color'];
      const question = form(`Step ${step}: What is ${asked}?`, { [property]: { type: 'string' } }, [property]);
      return { kind: 'input_required', inputRequests: { [`step${step}`]: question }, state: { step } };
    },
  },
  test_input_required_result_capabilities: {
    description: 'Asks for what the client can',
    run: ({ clientCapabilities, input }) => {
      if (input) return result(text('ok'));
      const all: Record<string, [string, Question]> = {
        elicitation: ['ask_person', nameForm],
        sampling: ['ask_model', sampling('Say hello')],
      };
      const possible = Object.entries(all).filter(([name]) => isObject(clientCapabilities[name]));
      return { kind: 'input_required', inputRequests: Object.fromEntries(possible.map(([, pair]) => pair)) };
    },
  },
};

export const promptWithInput = inputs(
  { user_context: form('What context should the prompt use?', { context: { type: 'string' } }, ['context']) },
  saidIn,
);
