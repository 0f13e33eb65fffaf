import type { Approval, ApprovalKind, ApprovalStatus, ArgumentRule, Grant, Risk } from '../api/approval-types.js';
import type { IconName } from '../ui/icon-name.js';
import { moment } from '../ui/format.js';
import { visible } from '../ui/visible.js';

export const KIND_WORDS: Record<ApprovalKind, string> = { call: 'call', node: 'plan task', tool: 'definition' };

export const STATUS_ICONS: Record<ApprovalStatus, IconName> = {
  pending: 'diamond',
  approved: 'check',
  denied: 'barred',
  expired: 'hourglass',
  withdrawn: 'dash',
  superseded: 'skip',
};

const ENDED: Record<Exclude<ApprovalStatus, 'pending'>, string> = {
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired: nobody decided in time. Nothing was called',
  withdrawn: 'Withdrawn: who asked needs it no more',
  superseded: 'Superseded: what it was about changed meanwhile, so it stands for nothing any more',
};

/** What became of it, in a sentence without its full stop: `Approved by ana, 2026-11-22 01:40`. */
export function endWords({ status, decided_by, decided_at }: Approval): string {
  if (status === 'pending') return 'Nobody has decided yet';
  const by = decided_by === null ? '' : ` by ${decided_by.username}`;
  const at = decided_at === null ? '' : `, ${moment(decided_at)}`;
  return `${ENDED[status] ?? status}${by}${at}`;
}

/** Whether the title says what tool and server do not. */
export const tellsMore = ({ title, tool, server }: Pick<Approval, 'title' | 'tool' | 'server'>): boolean =>
  title !== tool && title !== `${tool} on ${server.name}`;

const MAX_ARGUMENTS = 200;
/** Whoever decides reads all of it in the request; a list is seen over shoulders. */
const UNSEEN = /pass|secret|token|credential|api_?key|auth/i;

/** With what it would be called, in a line; undefined where there is nothing to tell. */
export function argumentWords({ arguments: values }: Pick<Approval, 'arguments'>): string | undefined {
  if (values === null || Object.keys(values).length === 0) return undefined;
  const words = Object.entries(values).map(([name, value]) => {
    const told = UNSEEN.test(name) ? '•••' : (JSON.stringify(value) ?? '').slice(0, MAX_ARGUMENTS);
    return `${name}: ${told}`;
  });
  return words.join(', ').slice(0, MAX_ARGUMENTS);
}

/** With a capital and a full stop. */
export const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;

/** What the definition claims of itself, the most dangerous first. */
export function riskWords(risk: Risk | null): { word: string; tone: '' | 'warn' | 'err' }[] {
  if (risk === null) return [];
  const writes = risk.destructive
    ? ({ word: 'destructive', tone: 'err' } as const)
    : risk.read_only
      ? ({ word: 'claims read-only', tone: '' } as const)
      : ({ word: 'writes', tone: 'warn' } as const);
  return risk.open_world ? [writes, { word: 'open world', tone: '' }] : [writes];
}

/** `waits 4 s`, `4 min`, `3 h`, `2 days`. */
export function waited(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - new Date(since).getTime()) / 1_000));
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** Time left: `12:04` under an hour, else `3 h`; undefined where nothing ends, or it has. */
export function left(until: string | null, now: number): string | undefined {
  if (until === null) return undefined;
  const seconds = Math.ceil((new Date(until).getTime() - now) / 1_000);
  if (!Number.isFinite(seconds) || seconds <= 0) return undefined;
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} days`;
  if (seconds >= 3_600) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const DOORS: Record<string, string> = { session: 'in a session', rest: 'by REST', gateway: 'by the gateway' };

/** By what door it was asked for. */
export const doorWords = ({ door }: Pick<Approval, 'door'>): string => (door === null ? '' : (DOORS[door] ?? door));

const MAX_NAME = 80;

/** As somebody else called it: hidden characters named, bounded, in marks that show where it ends. */
export function quoted(name: string): string {
  const shown = [...visible(name).replace(/\s+/g, ' ').replace(/[“”]/g, '"')];
  // Isolated, so that a name that runs from right to left leaves the words around it where they are.
  return `“\u2068${shown.length > MAX_NAME ? `${shown.slice(0, MAX_NAME - 1).join('')}…` : shown.join('')}\u2069”`;
}

type Through = Pick<Approval, 'via' | 'via_name'>;

/** Which program of theirs asked: `the key “deploy”`; undefined where they did so themselves. */
export function programWords({ via, via_name: name }: Through): string | undefined {
  if (via !== 'api_key' && via !== 'oauth') return undefined;
  if (name === null) return 'a program';
  return via === 'api_key' ? `the key ${quoted(name)}` : `the client ${quoted(name)}`;
}

/** Who asked, and through what: `asked by ana through the key “deploy”`; undefined where nobody did. */
export function askedWords({ requested_by: person, ...through }: Pick<Approval, 'requested_by'> & Through) {
  if (person === null) return undefined;
  const program = programWords(through);
  return `asked by ${visible(person.username)}${program === undefined ? '' : ` through ${program}`}`;
}

export const SCOPE_WORDS: Record<string, string> = {
  once: 'once',
  session: 'this tool, in this session',
  session_tool: 'this tool, in one session',
  session_server: 'every tool of the server, in one session',
  tool: 'this tool, until its definition changes',
  tool_until_changed: 'this tool, until its definition changes',
  matching: 'calls whose arguments match',
};

const shown = (value: unknown) => (typeof value === 'string' ? `“${value}”` : JSON.stringify(value));

export function ruleWords(pointer: string, rule: ArgumentRule): string {
  const name = pointer.replace(/^\//, '').replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
  if (rule.prefix !== undefined) return `${name} begins with ${shown(rule.prefix)}`;
  if (rule.one_of !== undefined) return `${name} is one of ${rule.one_of.map(shown).join(', ')}`;
  return `${name} is ${shown(rule.equals)}`;
}

/** What a remembered permission lets through. */
export function grantWords({ scope, match }: Pick<Grant, 'scope' | 'match'>): string {
  const rules = Object.entries(match ?? {}).map(([pointer, rule]) => ruleWords(pointer, rule));
  const words = SCOPE_WORDS[scope] ?? scope.replaceAll('_', ' ');
  return rules.length === 0 ? words : `${words}: ${rules.join(' and ')}`;
}
