import { calls, plan, type Reply, text } from './replies.js';
import { type WireDeclaration, type WireRequest } from './wire.js';

const SAMPLES: Record<string, unknown> = {
  string: 'sample',
  number: 1,
  integer: 1,
  boolean: true,
  array: [],
  object: {},
};

/** Values for a tool's required parameters: default, first of an enum, or a sample of the type. */
function sampleArguments({ parametersJsonSchema }: WireDeclaration): Record<string, unknown> {
  const properties = (parametersJsonSchema.properties ?? {}) as Record<string, Record<string, unknown>>;
  const required = (parametersJsonSchema.required ?? []) as string[];
  return Object.fromEntries(
    required.map((name) => {
      const { default: preset, enum: choices, type } = properties[name] ?? {};
      return [name, preset ?? (choices as unknown[] | undefined)?.[0] ?? SAMPLES[String(type)] ?? 'sample'];
    }),
  );
}

/**
 * Behaves like a plain-minded agent: a message that names tools becomes a chain of them, any other message a plan of the
 * first two tools; outcomes become words that name them.
 */
export const defaultBrain = (request: WireRequest): Reply => {
  const last = request.contents.at(-1);
  const responses = last?.parts.flatMap(({ functionResponse }) => (functionResponse ? [functionResponse] : [])) ?? [];
  const said = last?.parts.map((part) => part.text ?? '').join(' ') ?? '';
  if (responses.length > 0 && !said.trim()) {
    const outcomes = responses.flatMap(
      ({ response }) => (response.tool_output ?? []) as { tool?: string; status?: string }[],
    );
    return text(
      'Done: ',
      outcomes.map(({ tool = 'a call', status = 'no result' }) => `${tool} ${status}`).join(', '),
      '.',
    );
  }
  const tools = (request.tools?.[0]?.functionDeclarations ?? []).filter(({ name }) => name !== 'propose_plan');
  if (tools.length === 0) return text('There is ', 'no tool to call.');

  const named = tools.filter(({ name }) => said.includes(name));
  const chosen = named.length > 0 ? named : tools.slice(0, 2);
  const [only] = chosen;
  if (chosen.length === 1 && only)
    return calls([{ name: only.name, args: sampleArguments(only) }], 'One call will do.');
  return plan(
    chosen.map((tool, index) => ({
      key: `step${index + 1}`,
      title: `Call ${tool.name}`,
      tool: tool.name,
      arguments: sampleArguments(tool),
      depends_on: index > 0 ? [`step${index}`] : [],
    })),
  );
};
