import type { ModelTool } from '../../../core/agent/language-model.port.js';
import { planGoals } from './goals.js';
import { readSchema } from './schema.js';
import { firstSentence, printable } from './speech.js';
import { reads, ToolIndex } from './tool-index.js';
import { isRemovingVerb, stemsOf, wordsOf } from './words.js';

const EXAMPLES = 3;
const MOST_LISTED = 30;
const MOST_TRIED = 20;
const HELP = /^(?:help|hello|hi|hey|hallo|good (?:morning|evening|day)|commands|tools|\/?help|\?|start)$/;
const ABOUT =
  /^(?:what|which) (?:can you do|can i (?:do|ask|say)(?: here)?|(?:tools|commands) (?:are there|do you have|can you use)|tools)$|^(?:list|show)(?: me)?(?: all| the| your| my)* tools$|^how (?:does this|do you) work$|^who are you$/;

/** Whether a message only greets or asks what there is. */
export function asksForHelp(text: string): boolean {
  const said = text.trim().toLowerCase();
  const plain = said === '?' ? said : said.replace(/[.!?,]+$/g, '').replace(/\s+/g, ' ');
  return (
    plain === '' ||
    HELP.test(plain) ||
    ABOUT.test(plain) ||
    (wordsOf(plain).length <= 3 && /^(?:hello|hi|hey|help)\b.{0,12}$/.test(plain) && !plain.includes('='))
  );
}

export function helpText(tools: readonly ModelTool[]): string {
  if (tools.length === 0)
    return 'No tool is connected, so there is nothing I can do yet. Connect a server that has tools.';
  const lines = tools.slice(0, MOST_LISTED).map((tool) => {
    const what = printable(firstSentence(tool.description), 120);
    return `- \`${tool.name}\`${what === '' ? '' : `: ${what}`}`;
  });
  if (tools.length > MOST_LISTED) lines.push(`- and ${tools.length - MOST_LISTED} more`);
  const examples = examplePrompts(tools).map((prompt) => `- ${prompt}`);
  return `I pick tools by the words of your message. There are these:\n\n${lines.join('\n')}\n\nTry:\n\n${examples.join('\n')}`;
}

/** Up to three prompts that work with these tools as they are: a chain of calls first, where the tools allow one. */
export function examplePrompts(tools: readonly ModelTool[]): string[] {
  const index = new ToolIndex(tools);
  const plans = tools
    .filter((tool) => !mayDestroy(tool))
    .slice(0, MOST_TRIED)
    .map((tool) => ({ tool, prompt: printable(tool.title, 80) || tool.name }))
    .map(({ tool, prompt }) => ({ tool, prompt, goals: planGoals(prompt, tools, index) }))
    .map(({ tool, prompt, goals }) => ({ tool, prompt, calls: goals.kind === 'graph' ? goals.nodes : [] }))
    .filter(({ tool, calls }) => calls.at(-1)?.tool === tool)
    .sort((a, b) => b.calls.length - a.calls.length || Number(reads(b.tool)) - Number(reads(a.tool)));
  const chain = plans.slice(0, 1);
  const single = plans.filter(({ calls }) => calls.length === 1).filter((one) => !chain.includes(one));
  const prompts = [...chain, ...single].slice(0, EXAMPLES - 1).map(({ prompt }) => prompt);
  const direct = tools.find((tool) => reads(tool) && sampleCall(tool, 'required') !== undefined);
  const calls = [direct, ...tools.filter((tool) => !mayDestroy(tool))].flatMap((tool) =>
    tool ? [sampleCall(tool, 'required') ?? sampleCall(tool, 'none') ?? []].flat() : [],
  );
  return [...new Set([...prompts, ...calls])].slice(0, EXAMPLES);
}

const mayDestroy = (tool: ModelTool): boolean => !reads(tool) && stemsOf(tool.name).some(isRemovingVerb);

/** A `/call` with sample values for plain required arguments; undefined where there are none (or, `none`, where there are). */
function sampleCall(tool: ModelTool, needs: 'required' | 'none'): string | undefined {
  const root = tool.inputSchema;
  const { properties, required } = readSchema(root, root);
  if (needs === 'none') return required.size === 0 ? `/call ${tool.name} {}` : undefined;
  if (required.size === 0) return undefined;
  const args: [string, unknown][] = [];
  for (const name of required) {
    const { type, enum: allowed, format, minimum } = readSchema(properties.get(name), root);
    if (allowed) args.push([name, allowed[0]]);
    else if (type === 'string' && format === undefined) args.push([name, 'hello']);
    else if (type === 'number' || type === 'integer') args.push([name, Math.max(1, Math.ceil(minimum ?? 1))]);
    else if (type === 'boolean') args.push([name, true]);
    else return undefined;
  }
  return `/call ${tool.name} ${JSON.stringify(Object.fromEntries(args))}`;
}
