import type { ModelTool } from '../../../core/agent/language-model.port.js';
import { fillArguments } from './fill-arguments.js';
import { GraphPlanner, type GraphNode, type Refusal } from './graph.js';
import { readClause } from './text-values.js';
import { reads, ToolIndex, type Match } from './tool-index.js';
import { asksForAnalysis, isGenericVerb, isRelated, isRemovingVerb, stem, stemsOf } from './words.js';

/** `ignored`: parts of the request for which there is no tool. */
export type Goals =
  | { kind: 'graph'; nodes: GraphNode[]; ignored: string[] }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'unmatched'; near: Match[] };

/** A call whose arguments are said in the text is a little likelier to be meant. */
const SAID_BONUS = 1.15;
/** How near the second best must be to step in for a best one that lacks something. */
const NEAR = 0.9;
const MOST_PARTS = 8;
const STRONG_SEPARATOR = /\s*;\s*|\s*\n+\s*|,?\s+(?:and\s+)?then\s+/gi;
const WEAK_SEPARATOR = /\s*,?\s+and\s+(?:also\s+)?(?=[\p{L}])|[.!?]\s+(?=\p{L})/giu;

/** Turns a request in words into calls of the tools that it speaks of. */
export function planGoals(text: string, tools: readonly ModelTool[], index = new ToolIndex(tools)): Goals {
  let nodes: GraphNode[] = [];
  const { parts, ignored } = clausesOf(text, index);
  for (const part of parts) {
    const planned = planClause(part, tools, index, nodes);
    if (planned.kind !== 'graph') return planned;
    nodes = planned.nodes;
  }
  return { kind: 'graph', nodes, ignored };
}

function planClause(text: string, tools: readonly ModelTool[], index: ToolIndex, nodes: GraphNode[]): Goals {
  const clause = readClause(text);
  const ranked = index.rank(text);
  const goals = ranked
    .filter(({ confident }) => confident)
    .slice(0, 8)
    .map((match) => {
      const { used } = fillArguments(match.tool, clause, new Set(), 'goal');
      return used.size > 0 ? { ...match, score: match.score * SAID_BONUS } : match;
    })
    .sort((a, b) => b.score - a.score);
  const [best] = goals;
  if (!best) return { kind: 'unmatched', near: ranked };
  const planner = new GraphPlanner(tools);
  const first = planner.plan(best.tool, clause, nodes);
  if ('nodes' in first) return graph(withReport(text, first.nodes, first.last, tools, planner));
  for (const other of goals.slice(1)) {
    if (other.score < NEAR * best.score || !reads(other.tool)) continue;
    const attempt = planner.plan(other.tool, clause, nodes);
    if ('nodes' in attempt) return graph(attempt.nodes);
  }
  return { kind: 'refused', refusal: first.refusal };
}

/** An analysis is followed by a report of it, if a tool can write one from what the analysis gives. */
function withReport(
  text: string,
  nodes: GraphNode[],
  last: GraphNode,
  tools: readonly ModelTool[],
  planner: GraphPlanner,
): GraphNode[] {
  const analyzes = stemsOf(`${last.tool.name} ${last.tool.title}`).some((one) => isRelated(one, stem('analyze')));
  if (!analyzes || !asksForAnalysis(stemsOf(text))) return nodes;
  for (const tool of tools) {
    const named = stemsOf(tool.name);
    const isReport = named.includes(stem('report')) && !named.some(isRemovingVerb);
    if (!isReport || tool === last.tool || tool.serverId !== last.tool.serverId) continue;
    const attempt = planner.plan(tool, readClause(text), nodes);
    if ('nodes' in attempt && attempt.last.dependsOn.includes(last.key)) return attempt.nodes;
  }
  return nodes;
}

/** Splits where another request clearly begins; where a part means nothing by itself, the text stays whole. */
function clausesOf(text: string, index: ToolIndex): { parts: string[]; ignored: string[] } {
  for (const separator of [STRONG_SEPARATOR, WEAK_SEPARATOR]) {
    const parts = split(text, separator);
    if (parts.length < 2 || parts.length > MOST_PARTS) continue;
    const ranked = parts.map((part) => ({ part, match: index.rank(part)[0] }));
    const meant = ranked.filter(({ match }) => match?.confident);
    const ignored = ranked.filter(({ match }) => !match?.confident).map(({ part }) => part);
    const first = ranked[0]?.match;
    if (!first?.confident || !ignored.every((part) => startsWithVerb(part, index))) continue;
    if (separator === WEAK_SEPARATOR) {
      // What follows “and” may be part of the words that the first tool is to be given.
      const isQuoted = readClause(parts[0] ?? '').found.some(({ kind }) => kind === 'quoted');
      if (index.takesWords(first.tool) && !isQuoted) continue;
      const differ = new Set(meant.map(({ match }) => match?.tool)).size === meant.length;
      const onlyReads = differ && meant.every(({ match }) => match && reads(match.tool));
      if (!onlyReads && !meant.slice(1).every(({ part }) => startsWithVerb(part, index))) continue;
    }
    const kept = meant.map(({ part }) => part);
    return { parts: separator === WEAK_SEPARATOR ? withSharedPeriod(text, kept) : kept, ignored };
  }
  return { parts: [text], ignored: [] };
}

/** “Signups and visits of last week”: the span of time is meant for both. */
function withSharedPeriod(text: string, parts: string[]): string[] {
  const periods = readClause(text).found.filter(({ kind }) => kind === 'period');
  const [only] = periods;
  if (!only || periods.length > 1) return parts;
  const said = text.slice(only.start, only.end);
  return parts.map((part) => (part.includes(said) ? part : `${part} ${said}`));
}

function split(text: string, separator: RegExp): string[] {
  const masked = readClause(text).found.filter(({ kind }) => kind === 'quoted' || kind === 'json' || kind === 'pair');
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(separator)) {
    if (masked.some(({ start, end }) => match.index >= start && match.index < end)) continue;
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '');
}

function startsWithVerb(part: string, index: ToolIndex): boolean {
  const [first] = stemsOf(part);
  return (
    first !== undefined &&
    (isGenericVerb(first) || index.rank(part)[0]?.tool.name.toLowerCase().startsWith(first) === true)
  );
}

const graph = (nodes: GraphNode[]): Goals => ({ kind: 'graph', nodes, ignored: [] });
