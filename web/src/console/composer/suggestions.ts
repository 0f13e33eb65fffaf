import type { CommandContext } from '../../app/command.js';
import { matchSlash, slashCommand } from '../../app/commands.js';
import { fuzzy } from '../../app/fuzzy.js';
import type { Tool } from '../../api/types.js';
import { currentPlan } from '../../session/plan-rules.js';
import type { Completing } from './parse-line.js';
import { searchHistory } from './history.js';

export interface Suggestion {
  label: string;
  help: string;
  /** The whole text once taken, and where the caret goes. */
  text: string;
  caret: number;
}

const SHOWN = 8;

/** Rows of the popover for what is being completed. */
export function suggest(completing: Completing, text: string, context: CommandContext, tools: Tool[]): Suggestion[] {
  if (completing.kind === 'command') {
    return matchSlash(completing.word, context.live !== undefined)
      .slice(0, SHOWN)
      .map((command) => {
        const name = command.slash?.[0] ?? '';
        const filled = `/${name}${command.args === undefined ? '' : ' '}`;
        return { label: `/${name} ${command.args ?? ''}`, help: command.help, text: filled, caret: filled.length };
      });
  }
  const options =
    completing.kind === 'argument' ? argumentsOf(completing.name, context, tools) : mentions(context, tools);
  return options
    .flatMap((option) => {
      const score = fuzzy(completing.word, `${option.value} ${option.help}`);
      return score === undefined ? [] : [{ option, score }];
    })
    .sort((left, right) => right.score - left.score)
    .slice(0, SHOWN)
    .map(({ option }) => {
      const rest = text.slice(completing.from + completing.word.length + (completing.kind === 'mention' ? 1 : 0));
      const head = `${text.slice(0, completing.from)}${option.value}${rest.startsWith(' ') ? '' : ' '}`;
      return { label: option.value, help: option.help, text: head + rest, caret: head.length };
    });
}

/** Earlier lines that hold what was typed, for the reverse search. */
export function suggestHistory(history: string[], query: string): Suggestion[] {
  return searchHistory(history, query)
    .slice(0, SHOWN)
    .map((line) => ({ label: line, help: '', text: line, caret: line.length }));
}

function argumentsOf(name: string, context: CommandContext, tools: Tool[]): { value: string; help: string }[] {
  if (name === 'call') return tools.map((tool) => ({ value: tool.name, help: firstLine(tool.description) }));
  return slashCommand(name)?.complete?.(context) ?? [];
}

function mentions({ live }: CommandContext, tools: Tool[]): { value: string; help: string }[] {
  const session = live?.state.session;
  const nodes = session ? (currentPlan(session)?.nodes ?? []) : [];
  return [
    ...tools.map((tool) => ({ value: tool.name, help: 'tool' })),
    ...nodes.map((node) => ({ value: node.id, help: `task · ${node.title}` })),
    ...(session?.artifacts.map((file) => ({ value: file.name, help: 'file' })) ?? []),
  ];
}

function firstLine(text: string | undefined): string {
  return (text ?? '').split('\n')[0] ?? '';
}
