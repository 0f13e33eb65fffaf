import { type Dialect, DIALECTS, ToolCompiler } from '@app/schema-compiler';
import { type ModelTool } from '../../../core/agent/language-model.port.js';

/** One for all sessions: what is kept depends on nothing but the schema. */
const compiler = new ToolCompiler();

/** Servers that are compatible with OpenAI's wire take what OpenAI takes, or less often more. */
export const dialectOf = (provider: string): Dialect => DIALECTS.find((dialect) => dialect === provider) ?? 'openai';

/** A tool's input schema as it is declared to a model: what the vendor takes of JSON Schema, always of an object. */
export const declareParameters = ({ inputSchema }: ModelTool, dialect: Dialect): Record<string, unknown> =>
  compiler.compile(inputSchema, dialect).parameters;

export type ReadArguments = { ok: true; arguments: Record<string, unknown> } | { ok: false; problems: string[] };

const NO_OBJECT: ReadArguments = { ok: false, problems: ['the arguments are not a JSON object'] };

/** What a model sent for a tool, as the tool's own schema takes it; or what is wrong, in words for the model. */
export function readArguments({ inputSchema }: ModelTool, given: unknown, dialect: Dialect): ReadArguments {
  const value = given === undefined || given === null ? {} : readObject(given);
  if (!isObject(value)) return NO_OBJECT;
  const decoded = compiler.compile(inputSchema, dialect).decode(value);
  if (!decoded.ok)
    return { ok: false, problems: decoded.problems.map(({ path, message }) => `${path || 'arguments'} ${message}`) };
  return isObject(decoded.arguments) ? { ok: true, arguments: decoded.arguments } : NO_OBJECT;
}

/** Arguments of a call that was made before, in the form in which this model would make it. */
export function tellArguments(tool: ModelTool | undefined, given: Record<string, unknown>, dialect: Dialect): unknown {
  return (tool && compiler.compile(tool.inputSchema, dialect).encode(given)) ?? given;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Some models send free-form objects as a string of JSON. */
function readObject(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
