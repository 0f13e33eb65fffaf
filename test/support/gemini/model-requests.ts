import { type ModelReply, type ModelRequest, type ModelTool } from '../../../src/core/agent/language-model.port.js';
import { type LanguageModel } from '../../../src/core/agent/language-model.port.js';

export const aTool = (name: string, more: Partial<ModelTool> = {}): ModelTool => ({
  name,
  title: `Title of ${name}`,
  description: `Does ${name}.`,
  serverId: 'mcp_1',
  serverName: 'Demo',
  inputSchema: { type: 'object', properties: { q: { type: ['string', 'number'] } } },
  readOnly: true,
  destructive: false,
  ...more,
});

export const aRequest = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  history: [{ role: 'user', text: 'How many signups?' }],
  tools: [aTool('users.query'), aTool('report_write', { readOnly: false })],
  wordsOnly: false,
  limits: { maxNodes: 8, maxOutputTokens: 2048 },
  now: new Date('2026-11-21T09:00:00Z'),
  ...more,
});

/** Asks a model and gathers its deltas; the signal ends after 20 s unless given. */
export async function ask(
  model: LanguageModel,
  more: Partial<ModelRequest> = {},
  signal: AbortSignal = AbortSignal.timeout(20_000),
): Promise<{ reply: ModelReply; deltas: string[] }> {
  const deltas: string[] = [];
  const reply = await model.respond(aRequest(more), { signal, onDelta: (delta) => deltas.push(delta) });
  return { reply, deltas };
}
