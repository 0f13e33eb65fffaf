import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import { MAX_NAME_LENGTH } from '../registry/server.js';
import type { FileServer } from './server-file.js';

export const ON_CONFLICT = ['skip', 'update', 'rename'] as const;
export type OnConflict = (typeof ON_CONFLICT)[number];

export const IMPORT_ACTIONS = ['create', 'update', 'rename', 'same', 'skip'] as const;
export type ImportAction = (typeof IMPORT_ACTIONS)[number];

export interface ImportOptions {
  onConflict: OnConflict;
  /** Whether calls may come to need less than they do here. */
  allowLoosening: boolean;
}

export interface FieldChange {
  /** `approval_policy`, `request_headers`, `tools/<name>/approval_policy`, … */
  field: string;
  from: unknown;
  to: unknown;
}

/** What an import does, or would do, with one server. */
export interface PlannedServer {
  /** In the file. */
  name: string;
  action: ImportAction;
  /** With `rename`: what it is called here. */
  newName: string | null;
  changes: FieldChange[];
  /** What the file would loosen, and stays as it is. */
  kept: FieldChange[];
  /** What a person has to enter: `credentials`, `sign_in`, `url`, `request_headers/<name>`, `secret_id`. */
  needs: string[];
  /** Those of the file, beside those that are known here. */
  tools: { total: number; same: number; different: number; unknown: number };
  /** The server as it is to be; for `same` and `skip` it is not touched. */
  target: FileServer;
}

/** What a server that nobody said anything about has. */
const UNSAID: Pick<FileServer, 'approval_policy' | 'ssl_verify' | 'access' | 'client_features'> = {
  approval_policy: 'require_approval_all',
  ssl_verify: true,
  access: 'organization',
  client_features: [],
};

const FIELDS = [
  'description',
  'url',
  'transport',
  'auth_method',
  'oauth',
  'client_features',
  'request_headers',
  'secret_id',
  'timeout_seconds',
  'ssl_verify',
  'approval_policy',
  'access',
] as const satisfies (keyof FileServer)[];

/** Between the two in the middle neither is stricter, so each is looser than the other. */
const isLooser = (from: ApprovalPolicy, to: ApprovalPolicy): boolean =>
  from !== to && to !== 'require_approval_all' && from !== 'auto_approve';

const LOOSENS: Partial<Record<keyof FileServer, (from: FileServer, to: FileServer) => boolean>> = {
  approval_policy: (from, to) => isLooser(from.approval_policy, to.approval_policy),
  ssl_verify: (from, to) => from.ssl_verify && !to.ssl_verify,
  client_features: ({ client_features: from = [] }, { client_features: to = [] }) =>
    to.some((feature) => !from.includes(feature)),
  access: (from, to) => from.access === 'restricted' && to.access === 'organization',
};

/**
 * @param existing what is here under the name; `isFixed`: it is not an import's to change
 * @param isTaken whether a name is in use
 */
export function planServer(
  given: FileServer,
  existing: { server: FileServer; isFixed: boolean } | undefined,
  isTaken: (name: string) => boolean,
  options: ImportOptions,
): PlannedServer {
  const asNew = !existing || options.onConflict === 'rename';
  const before = existing && !asNew ? existing.server : undefined;
  const wanted = before ? completed(given, before) : given;
  const { target, kept } = options.allowLoosening ? { target: wanted, kept: [] } : tightened(wanted, before);
  const changes = before ? changesBetween(before, target) : [];
  const same = existing && changesBetween(existing.server, completed(given, existing.server)).length === 0;
  const action = actionOf({ existing, same: same === true, changes, options });
  const newName = action === 'rename' ? freeName(given.name, isTaken) : null;
  return {
    name: given.name,
    action,
    newName,
    changes: existing && asNew ? changesBetween(existing.server, completed(given, existing.server)) : changes,
    kept: action === 'same' ? [] : kept,
    needs: action === 'same' || action === 'skip' ? [] : needsOf(target, before),
    tools: compareTools(given, existing?.server),
    target: newName === null ? target : { ...target, name: newName },
  };
}

function actionOf({
  existing,
  same,
  changes,
  options,
}: {
  existing: { isFixed: boolean } | undefined;
  same: boolean;
  changes: readonly FieldChange[];
  options: ImportOptions;
}): ImportAction {
  if (!existing) return 'create';
  if (same) return 'same';
  if (options.onConflict === 'rename') return 'rename';
  if (existing.isFixed || options.onConflict === 'skip') return 'skip';
  return changes.length === 0 ? 'same' : 'update';
}

/** What the file leaves out, for it may be secret or is of an older version, stays as it is here. */
function completed(given: FileServer, before: FileServer): FileServer {
  const headers = Object.entries(given.request_headers).map(([name, value]): [string, string | null] => [
    name,
    value ?? before.request_headers[name] ?? null,
  ]);
  return {
    ...given,
    request_headers: Object.fromEntries(headers),
    url: given.url_is_whole ? given.url : before.url,
    url_is_whole: true,
    client_features: given.client_features ?? before.client_features,
    oauth: given.oauth === undefined && given.auth_method === before.auth_method ? before.oauth : given.oauth,
  };
}

function tightened(wanted: FileServer, before: FileServer | undefined): { target: FileServer; kept: FieldChange[] } {
  const from: FileServer = before ?? { ...wanted, ...UNSAID, tools: [] };
  const kept: FieldChange[] = [];
  let target = wanted;
  for (const [field, loosens] of Object.entries(LOOSENS) as [
    keyof FileServer,
    (a: FileServer, b: FileServer) => boolean,
  ][]) {
    if (!loosens(from, wanted)) continue;
    kept.push({ field, from: from[field], to: wanted[field] });
    target = { ...target, [field]: from[field] };
  }
  const known = new Map(from.tools.map((tool) => [tool.name, tool.approval_policy]));
  const tools = target.tools.map((tool) => {
    const now = known.get(tool.name) ?? null;
    if (!isLooser(now ?? from.approval_policy, tool.approval_policy ?? target.approval_policy)) return tool;
    if (tool.approval_policy === now) return tool;
    kept.push({ field: `tools/${tool.name}/approval_policy`, from: now, to: tool.approval_policy });
    return { ...tool, approval_policy: now };
  });
  return { target: { ...target, tools }, kept };
}

function changesBetween(before: FileServer, after: FileServer): FieldChange[] {
  const ofServer = FIELDS.flatMap((field): FieldChange[] =>
    isEqual(before[field], after[field]) ? [] : [{ field, from: before[field], to: after[field] }],
  );
  const known = new Map(before.tools.map((tool) => [tool.name, tool.approval_policy]));
  const ofTools = after.tools.flatMap(({ name, approval_policy: to }): FieldChange[] => {
    const from = known.get(name);
    return from === undefined || from === to ? [] : [{ field: `tools/${name}/approval_policy`, from, to }];
  });
  return [...ofServer, ...ofTools];
}

/** Of plain values, and of headers in any order. */
function isEqual(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown) =>
    typeof value === 'object' && value !== null ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value;
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function needsOf(target: FileServer, before: FileServer | undefined): string[] {
  const headers = Object.entries(target.request_headers).flatMap(([name, value]) =>
    value === null ? [`request_headers/${name}`] : [],
  );
  return [
    ...accountNeedsOf(target, before),
    ...(target.url_is_whole ? [] : ['url']),
    ...headers,
    ...(target.secret_id !== null && before?.secret_id !== target.secret_id ? ['secret_id'] : []),
  ];
}

/** A secret that was entered counts at its origin, for its client; an account at its address, for all it was agreed on. */
function accountNeedsOf(target: FileServer, before: FileServer | undefined): string[] {
  if (target.auth_method === 'none') return [];
  const isSameWay = before?.auth_method === target.auth_method;
  if (signsPersonIn(target)) {
    return isSameWay && before.url === target.url && isEqual(before.oauth, target.oauth) ? [] : ['sign_in'];
  }
  const isSameDoor =
    isSameWay &&
    new URL(before.url).origin === new URL(target.url).origin &&
    before.oauth?.client_id === target.oauth?.client_id;
  return isSameDoor ? [] : ['credentials'];
}

/** With OAuth it is so unless the file says that a machine does, or a token. */
const signsPersonIn = ({ auth_method, oauth }: FileServer): boolean =>
  auth_method === 'oauth' && oauth !== null && oauth?.grant !== 'client_credentials';

function compareTools(given: FileServer, here: FileServer | undefined): PlannedServer['tools'] {
  const pins = new Map(here?.tools.map(({ name, pin }) => [name, pin]));
  const unknown = given.tools.filter(({ name }) => !pins.has(name)).length;
  const same = given.tools.filter(({ name, pin }) => pins.get(name) === pin).length;
  const total = given.tools.length;
  return { total, same, unknown, different: total - same - unknown };
}

const MOST_NAMES = 1_000;

function freeName(name: string, isTaken: (name: string) => boolean): string {
  for (let number = 2; number < MOST_NAMES; number += 1) {
    const suffix = ` (${number})`;
    const candidate = name.slice(0, MAX_NAME_LENGTH - suffix.length) + suffix;
    if (!isTaken(candidate)) return candidate;
  }
  throw new Error('No name is left.');
}
