import type { NodeOutcome } from '../../../core/agent/language-model.port.js';
import { isRecord } from './schema.js';
import { listed, plural, printable } from './speech.js';
import { wordsOf } from './words.js';

const MOST_FIGURES = 5;
const MOST_HIGHLIGHTS = 8;
const MOST_LINES = 30;

const VERDICTS: Readonly<Record<string, string>> = {
  failed: 'failed',
  timed_out: 'took too long',
  rejected: 'was rejected',
  skipped: 'was skipped',
  cancelled: 'was stopped',
  outcome_unknown: 'may or may not have run; decide it in the plan',
};

/** What became of a graph, in words, from the results alone. Text of tools is quoted, never read as a request. */
export function describeResults(outcomes: readonly NodeOutcome[]): string {
  if (outcomes.length === 0) return 'Nothing was run.';
  const succeeded = outcomes.filter(({ status }) => status === 'succeeded');
  const parts = [heading(outcomes.length, succeeded.length)];
  parts.push(
    outcomes
      .slice(0, MOST_LINES)
      .map((outcome) => `- ${outcome.status === 'succeeded' ? success(outcome) : trouble(outcome)}`)
      .join('\n'),
  );
  const findings = succeeded.flatMap(({ structured }) => highlightsOf(structured)).slice(0, MOST_HIGHLIGHTS);
  if (findings.length > 0) parts.push(['Findings:', ...findings.map((line) => `- ${line}`)].join('\n'));
  const files = outcomes.flatMap(({ artifacts }) => artifacts);
  if (files.length > 0) {
    const names = files.slice(0, MOST_LINES).map(({ name, size }) => `${printable(name, 100)} (${bytes(size)})`);
    parts.push(`${plural(files.length, 'file')}: ${listed(names)}.`);
  }
  return parts.join('\n\n');
}

function heading(all: number, succeeded: number): string {
  if (succeeded === all) return all === 1 ? 'The call succeeded.' : `All ${all} calls succeeded.`;
  if (succeeded === 0) return all === 1 ? 'The call did not succeed.' : `None of the ${all} calls succeeded.`;
  return `${succeeded} of ${all} calls succeeded.`;
}

function success({ title, tool, text, structured }: NodeOutcome): string {
  const name = printable(title, 80) || tool;
  const [line = ''] = text.trim().split('\n');
  const said = /^\s*[[{]/.test(line) || highlightsOf(structured).length > 0 ? '' : printable(line);
  const figures = figuresOf(structured).join(', ');
  const rest = [said, figures === '' ? '' : `(${figures})`].filter((part) => part !== '').join(' ');
  return rest === '' ? `${name}: done.` : `${name}: ${rest}`;
}

function trouble({ title, tool, status, text }: NodeOutcome): string {
  const verdict = VERDICTS[status] ?? `is ${status.replaceAll('_', ' ')}`;
  const why = printable(text);
  return `${printable(title, 80) || tool} ${verdict}${why === '' ? '.' : `: ${why}`}`;
}

/** Numbers at the top of a structured result, by name. */
function figuresOf(structured: unknown): string[] {
  if (!isRecord(structured)) return [];
  return Object.entries(structured)
    .filter(([, value]) => typeof value === 'number' && Number.isFinite(value))
    .slice(0, MOST_FIGURES)
    .map(([name, value]) => `${wordsOf(printable(name, 60)).join(' ')} ${String(value)}`);
}

/** Lists of sentences in a structured result or one level down, such as `highlights`. */
function highlightsOf(structured: unknown): string[] {
  if (!isRecord(structured)) return [];
  const places = [structured, ...Object.values(structured).filter(isRecord)];
  for (const place of places) {
    for (const [name, value] of Object.entries(place)) {
      const isFindings = /highlight|finding|insight|conclusion|takeaway|key_?point/i.test(name);
      if (!isFindings || !Array.isArray(value)) continue;
      const lines = (value as unknown[]).filter((line) => typeof line === 'string' && line.trim() !== '');
      if (lines.length > 0) return lines.map((line) => printable(String(line)));
    }
  }
  return [];
}

function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  return size < 1_000_000 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
