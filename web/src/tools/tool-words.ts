import type { CallStatus, Severity, ToolState } from '../api/tool-types.js';
import type { Tool } from '../api/types.js';
import type { IconName } from '../ui/icon-name.js';

interface StateWords {
  word: string;
  icon: IconName;
  means: string;
}

export const STATE_WORDS: Record<ToolState, StateWords> = {
  approved: { word: 'approved', icon: 'check', means: 'A person or a rule approved exactly this definition.' },
  first_seen: {
    word: 'first seen',
    icon: 'ring',
    means: 'It was there when the server was added, and nobody approved it yet. It may be used as the policy says.',
  },
  new: { word: 'new', icon: 'diamond', means: 'It appeared after the server was added, and nobody approved it.' },
  changed: { word: 'changed', icon: 'diamond', means: 'It is not what was approved.' },
  rejected: { word: 'rejected', icon: 'barred', means: 'Somebody decided that it shall not be called.' },
};

/** An instance that does not tell states lets every tool be called. */
export const stateOf = ({ state }: Pick<Tool, 'state'>): ToolState => state ?? 'first_seen';

/** In the order of the list: what waits comes first. */
export const STATE_ORDER: readonly ToolState[] = ['changed', 'new', 'first_seen', 'approved', 'rejected'];

export const awaitsDecision = ({ state, quarantined }: Pick<Tool, 'state' | 'quarantined'>): boolean =>
  quarantined === true && (state === 'new' || state === 'changed');

export const SEVERITIES = ['breaking', 'risky', 'notable', 'cosmetic'] as const satisfies readonly Severity[];

export const SEVERITY_WORDS: Record<Severity, string> = {
  breaking: 'breaking: calls of before may fail',
  risky: 'risky: it may do, or make a model do, something else',
  notable: 'notable',
  cosmetic: 'cosmetic',
};

export const CALL_WORDS: Record<CallStatus, string> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'timed out',
  cancelled: 'cancelled',
  lost: 'outcome unknown',
};

export const CALL_ICONS: Record<CallStatus, IconName> = {
  succeeded: 'check',
  failed: 'cross',
  timed_out: 'hourglass',
  cancelled: 'square',
  lost: 'unknown',
};

/** What can be done about an error, by its code. */
const NEXT_STEPS: Record<string, string> = {
  TOOL_QUARANTINED: 'The definition is new or changed. Look at it and approve it, then call again.',
  TOOL_NOT_FOUND: 'The server does not offer this tool any more. Check the server to see what it has.',
  TOOL_CHANGED: 'The definition changed meanwhile. Look at what it is now, then decide again.',
  INVALID_ARGUMENTS: 'Correct the arguments below, as the schema says.',
  OUTPUT_INVALID: "The tool ran, but its result does not fit its own output schema. Tell the server's author.",
  UPSTREAM_UNAVAILABLE: 'The server did not answer lately. Check it, then try again.',
  UPSTREAM_BUSY: 'The server has as many calls as it may. Try again in a moment.',
  OUTCOME_UNKNOWN: 'It may have taken effect. Look with a reading call before you repeat it.',
  TASKS_NOT_SUPPORTED: 'The tool wants to run as a task of its own. That is not possible here.',
  URL_ELICITATION_REQUIRED: 'The tool needs you at an address of its own first.',
};

export const nextStep = (code: string): string | undefined => NEXT_STEPS[code];

/** A path for a tool's own page and API: any name is one part of it. */
export const toolPath = (serverId: string, tool: string): string =>
  `/servers/${serverId}/tools/${encodeURIComponent(tool)}`;
