import type { ModelTool } from '../../../core/agent/language-model.port.js';
import { fits } from './compatibility.js';
import { readSchema } from './schema.js';
import { reads } from './tool-index.js';
import { sameName, stemsOf } from './words.js';

/** A part of a tool's result that could be another tool's argument. */
export interface Source {
  tool: ModelTool;
  /** JSON Pointer (RFC 6901) into the result of the call. */
  pointer: string;
  score: number;
}

interface Output {
  name: string;
  parent: string;
  pointer: string;
  raw: unknown;
}

const MOST_SOURCES = 5;
const GENERIC_NAMES = new Set(
  'id name text message title query content limit count total days value data result results type status size from to tag key date'.split(
    ' ',
  ),
);

/**
 * Parts of the results of reading tools that fit a property by type and speak to it by name or structure; best first.
 * Tools that write are never a source: nothing may be changed only to learn a value.
 */
export function sourcesOf(name: string, raw: unknown, root: unknown, tools: readonly ModelTool[]): Source[] {
  const sources: Source[] = [];
  for (const tool of tools) {
    if (!reads(tool)) continue;
    for (const output of outputsOf(tool)) {
      const strength = fits({ raw: output.raw, root: tool.outputSchema }, { raw, root });
      const score = strength === undefined ? 0 : affinity(name, raw, root, tool, output, strength);
      if (score > 0) sources.push({ tool, pointer: output.pointer, score });
    }
  }
  return sources.sort((a, b) => b.score - a.score).slice(0, MOST_SOURCES);
}

/** The part of a call that is already planned whose name is exactly that of an optional property. */
export function namesake(name: string, raw: unknown, root: unknown, tool: ModelTool): string | undefined {
  if (stemsOf(name).length < 2) return undefined;
  return outputsOf(tool).find(
    (output) =>
      output.parent === '' &&
      sameName(output.name, name) &&
      fits({ raw: output.raw, root: tool.outputSchema }, { raw, root }) !== undefined,
  )?.pointer;
}

function affinity(
  name: string,
  raw: unknown,
  root: unknown,
  tool: ModelTool,
  output: Output,
  strength: number,
): number {
  const { type } = readSchema(raw, root);
  const isWhole = type === 'object' || type === 'array';
  const joined = sameName(`${output.parent} ${output.name}`, name);
  const ofTool = output.name === 'id' && stemsOf(name).join(' ') === `${stemsOf(tool.name).at(-1) ?? ''} id`;
  const isNamed = sameName(output.name, name) || joined || ofTool;
  if (!isWhole) return isNamed && (joined || ofTool || !GENERIC_NAMES.has(name.toLowerCase())) ? 4 : 0;
  if (output.parent !== '') return 0;
  const spoken = new Set([...stemsOf(tool.name), ...stemsOf(output.name)]);
  const isSpoken = stemsOf(name).length > 0 && stemsOf(name).every((one) => spoken.has(one));
  if (!isNamed && !isSpoken && strength < 2) return 0;
  return (isNamed ? 4 : 0) + (isSpoken ? 3 : 0) + Math.min(strength, 6) / 2;
}

/** The structured result as a whole, its properties, and the properties of those that are objects. */
function outputsOf(tool: ModelTool): Output[] {
  if (tool.outputSchema === undefined) return [];
  const whole = { name: '', parent: '', pointer: '/structuredContent', raw: tool.outputSchema };
  return [whole, ...propertiesOf(tool, whole).flatMap((output) => [output, ...propertiesOf(tool, output)])];
}

function propertiesOf(tool: ModelTool, parent: Output): Output[] {
  const { properties, required } = readSchema(parent.raw, tool.outputSchema);
  return [...properties]
    .filter(([name]) => required.has(name))
    .map(([name, raw]) => ({
      name,
      parent: parent.name,
      pointer: `${parent.pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      raw,
    }));
}
