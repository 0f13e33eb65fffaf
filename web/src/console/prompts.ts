import type { Tool } from '../api/types.js';

const DEMO = ['Analyze the latest user signups.', "Make a report of this week's signups"];
const MAX = 3;

/** Things to say that this server can do something with. */
export function promptsFrom(tools: Tool[], demo: boolean): string[] {
  const own = tools
    .filter((tool) => tool.read_only)
    .map((tool) => {
      const required = Array.isArray(tool.input_schema.required) ? (tool.input_schema.required as unknown[]) : [];
      if (required.length > 0) return `/call ${tool.name} {}`;
      const sentence = (tool.description ?? '').split(/[.\n]/)[0]?.trim() ?? '';
      return sentence.length > 8 && sentence.length < 80 ? `${sentence}.` : `/call ${tool.name} {}`;
    });
  return [...new Set(demo ? [...DEMO, ...own] : own)].slice(0, MAX);
}
