import * as v2 from '@modelcontextprotocol/client';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as V1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { result, text } from './fixture-tools.js';
import { gate } from './gate.js';
import { type Served, serve } from './serve.js';

const ADA = { username: 'ada', email: 'ada@example.com' };

describe('the client of the SDK v1', () => {
  let served: Served;
  let client: V1Client;
  let transport: V1Transport;
  beforeEach(async () => {
    served = await serve();
    client = new V1Client({ name: 'v1', version: '1.0.0' }, { capabilities: { elicitation: {}, sampling: {} } });
    transport = new V1Transport(new URL(served.url));
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: ADA }));
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      role: 'assistant',
      model: 'none',
      content: { type: 'text', text: 'sampled' },
    }));
    await client.connect(transport);
  });
  afterEach(async () => {
    await client.close();
    expect(served.errors).toEqual([]);
    await served.close();
  });

  test('lists, calls, reads and completes', async () => {
    expect(transport.protocolVersion).toBe('2025-11-25');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(Object.keys(served.backend.tools));
    const called = await client.callTool({ name: 'test_multiple_content_types', arguments: {} });
    expect(called.content).toHaveLength(3);
    expect((await client.readResource({ uri: 'test://static-text' })).contents).toHaveLength(1);
    expect((await client.getPrompt({ name: 'test_simple_prompt' })).messages).toHaveLength(1);
    await client.ping();
    await transport.terminateSession();
    await expect(client.listTools()).rejects.toThrow(/404|session/i);
  });

  test('hears progress and logs, and is asked', async () => {
    const [logged, progressed] = [gate<unknown>(), jest.fn()];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => logged.open(params.data));
    await client.callTool({ name: 'test_tool_with_logging', arguments: {} });
    expect(await logged.passed).toBe('Tool execution started');
    await client.callTool({ name: 'test_tool_with_progress', arguments: {} }, undefined, { onprogress: progressed });
    expect(progressed).toHaveBeenCalledTimes(3);
    const elicited = await client.callTool({ name: 'test_elicitation', arguments: { message: 'Hi' } });
    expect(JSON.stringify(elicited)).toContain('ada@example.com');
    const sampled = await client.callTool({ name: 'test_sampling', arguments: { prompt: 'Hi' } });
    expect(JSON.stringify(sampled)).toContain('sampled');
  });

  test('hears that lists and resources have changed', async () => {
    const [changed, updated] = [gate(), gate<string>()];
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => changed.open());
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => updated.open(params.uri));
    await client.subscribeResource({ uri: 'test://watched-resource' });
    await client.callTool({ name: 'test_trigger_tool_change', arguments: {} });
    await changed.passed;
    served.backend.tell('notifications/resources/updated', { uri: 'test://watched-resource' });
    expect(await updated.passed).toBe('test://watched-resource');
  });

  test('comes back for the rest of a stream that was let go', async () => {
    const called = await client.callTool({ name: 'test_reconnection', arguments: {} });
    expect(called.content).toEqual([{ type: 'text', text: 'Reconnection test completed' }]);
  });

  test('cancels', async () => {
    const [started, cancelled] = [gate(), gate()];
    served.backend.tools.slow = slowTool(started.open, cancelled.open);
    const abort = new AbortController();
    const calling = client.callTool({ name: 'slow', arguments: {} }, undefined, { signal: abort.signal });
    await started.passed;
    abort.abort('enough');
    await expect(calling).rejects.toThrow();
    await cancelled.passed;
  });
});

describe.each(['legacy', 'auto'] as const)('the client of the SDK v2 in mode %s', (mode) => {
  let served: Served;
  let client: v2.Client;
  beforeEach(async () => {
    served = await serve();
    const capabilities = { elicitation: {}, sampling: {} };
    client = new v2.Client({ name: 'v2', version: '1.0.0' }, { capabilities, versionNegotiation: { mode } });
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { ...ADA, name: 'Ada' } }));
    await client.connect(new v2.StreamableHTTPClientTransport(new URL(served.url)));
  });
  afterEach(async () => {
    await client.close();
    expect(served.errors).toEqual([]);
    await served.close();
  });

  test('lists, calls and hears progress', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(Object.keys(served.backend.tools));
    const progressed = jest.fn();
    await client.callTool({ name: 'test_tool_with_progress', arguments: {} }, { onprogress: progressed });
    expect(progressed).toHaveBeenCalledTimes(3);
    expect((await client.callTool({ name: 'test_custom_headers', arguments: { region: 'eü' } })).content).toHaveLength(
      1,
    );
    expect(served.backend.requests.at(-1)?.era).toBe(mode === 'auto' ? 'modern' : 'legacy');
  });

  test('is asked in the way of its era', async () => {
    const name = mode === 'auto' ? 'test_input_required_result_elicitation' : 'test_elicitation';
    const called = await client.callTool({ name, arguments: { message: 'Hi' } });
    expect(JSON.stringify(called.content)).toContain(mode === 'auto' ? 'Hello, Ada!' : 'ada@example.com');
  });

  test('cancels', async () => {
    const [started, cancelled] = [gate(), gate()];
    served.backend.tools.slow = slowTool(started.open, cancelled.open);
    const abort = new AbortController();
    const calling = client.callTool({ name: 'slow', arguments: {} }, { signal: abort.signal });
    await started.passed;
    abort.abort('enough');
    await expect(calling).rejects.toThrow();
    await cancelled.passed;
  });
});

const slowTool = (started: () => void, cancelled: () => void): Served['backend']['tools'][string] => ({
  description: 'Slow',
  run: async (_request, { signal }) => {
    const interrupted = gate();
    signal.addEventListener('abort', () => interrupted.open());
    started();
    await interrupted.passed;
    cancelled();
    return result(text('too late'));
  },
});
