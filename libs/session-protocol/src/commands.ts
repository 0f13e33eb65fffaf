import { z } from 'zod';
import { REMEMBER_SCOPES } from './vocabulary.js';

const JsonObject = z.record(z.string(), z.unknown());
const nodeId = z.string().min(1).max(64);
const clientId = z.string().min(1).max(128);

const Scalar = z.union([z.string().max(1_024), z.number(), z.boolean(), z.null()]);

/** Which calls of a tool are meant: what the arguments hold at each place, a JSON Pointer (RFC 6901). */
export const ArgumentPattern = z
  .record(
    z.string().min(1).max(512),
    z.union([
      z.strictObject({ equals: Scalar }),
      z.strictObject({ prefix: z.string().min(1).max(1_024) }),
      z.strictObject({ one_of: z.array(Scalar).min(1).max(50) }),
    ]),
  )
  .refine((places) => Object.keys(places).length <= 16, 'must not name more than 16 places');

/** So many calls, and so many seconds, for which something is remembered. */
export const REMEMBER_LIMITS = {
  max_uses: z.int().min(1).max(1_000_000).optional(),
  expires_in: z.int().min(60).max(31_536_000).optional(),
};

/** What each command carries. The wire's `type` is the key; see docs/session-protocol.md. */
export const COMMAND_PAYLOADS = {
  chat_message: z.strictObject({
    text: z
      .string()
      .max(32_768)
      .refine((text) => text.trim() !== '', 'must not be empty'),
    client_msg_id: clientId.optional(),
  }),
  approve_task: z.strictObject({
    node_id: nodeId,
    plan_id: z.string().optional(),
    revision: z.int().min(1).optional(),
    decision_id: clientId.optional(),
    arguments: JsonObject.optional(),
    remember: z.enum(REMEMBER_SCOPES).optional(),
    /** With `matching`: with which arguments. */
    match: ArgumentPattern.optional(),
    ...REMEMBER_LIMITS,
  }),
  approve_all: z.strictObject({
    plan_id: z.string(),
    revision: z.int().min(1).optional(),
    node_ids: z.array(nodeId).min(1).max(500).optional(),
    decision_id: clientId.optional(),
  }),
  reject_task: z.strictObject({
    node_id: nodeId,
    plan_id: z.string().optional(),
    decision_id: clientId.optional(),
    reason: z.string().max(2_000).optional(),
  }),
  edit_task: z.strictObject({
    node_id: nodeId,
    plan_id: z.string().optional(),
    decision_id: clientId.optional(),
    arguments: JsonObject,
  }),
  retry_task: z.strictObject({
    node_id: nodeId,
    plan_id: z.string().optional(),
    decision_id: clientId.optional(),
    /** Seconds; for a node that timed out. */
    timeout: z.number().min(1).max(3_600).optional(),
  }),
  resolve_task: z.strictObject({
    node_id: nodeId,
    plan_id: z.string().optional(),
    decision_id: clientId.optional(),
    outcome: z.enum(['succeeded', 'failed']),
  }),
  /** Runs a plan again from one of its tasks; what comes before keeps its results. */
  rerun_from: z.strictObject({
    node_id: nodeId,
    plan_id: z.string().optional(),
    decision_id: clientId.optional(),
  }),
  /** Answers a message again whose turn failed; the last such turn when none is named. */
  retry_turn: z.strictObject({ turn_id: z.string().optional() }),
  stop: z.strictObject({ turn_id: z.string().optional() }),
  input_response: z.strictObject({
    request_id: z.string(),
    action: z.enum(['accept', 'decline', 'cancel']),
    content: JsonObject.optional(),
  }),
  resume: z.strictObject({ after: z.int().min(0) }),
  ping: z.strictObject({}),
} as const;

export type CommandType = keyof typeof COMMAND_PAYLOADS;
export const COMMAND_TYPES = Object.keys(COMMAND_PAYLOADS) as CommandType[];

export type CommandPayload<Type extends CommandType> = z.infer<(typeof COMMAND_PAYLOADS)[Type]>;

/** A command that passed its schema. `id` is the client's own name for the frame. */
export type Command = {
  [Type in CommandType]: { type: Type; payload: CommandPayload<Type>; id?: string };
}[CommandType];
export type CommandOf<Type extends CommandType> = Extract<Command, { type: Type }>;

export type ParsedCommand =
  | { ok: true; command: Command }
  | {
      ok: false;
      code: 'INVALID_FRAME' | 'UNKNOWN_TYPE' | 'VALIDATION_ERROR';
      message: string;
      /** What the client called its frame, where that could be read. */
      inReplyTo?: string;
      issues?: { path: string; message: string }[];
    };

/** The second draft's spellings, accepted wherever the first draft's are. */
const OTHER_SPELLINGS: Record<string, string> = {
  nodeId: 'node_id',
  planId: 'plan_id',
  clientMsgId: 'client_msg_id',
  decisionId: 'decision_id',
  nodeIds: 'node_ids',
  turnId: 'turn_id',
  requestId: 'request_id',
};

/** Reads a whole frame `{type, payload, id?}` as it came off the wire, already JSON-decoded. */
export function parseCommand(frame: unknown): ParsedCommand {
  if (!isRecord(frame)) {
    return { ok: false, code: 'INVALID_FRAME', message: 'A frame is a JSON object with "type" and "payload".' };
  }
  const id = typeof frame.id === 'string' && frame.id.length <= 128 ? frame.id : undefined;
  const named = id === undefined ? {} : { inReplyTo: id };
  if (typeof frame.type !== 'string') {
    return { ok: false, code: 'INVALID_FRAME', message: 'The frame has no "type".', ...named };
  }
  if (!Object.hasOwn(COMMAND_PAYLOADS, frame.type)) {
    const message = `There is no command of that type. Known: ${COMMAND_TYPES.join(', ')}.`;
    return { ok: false, code: 'UNKNOWN_TYPE', message, ...named };
  }
  const type = frame.type as CommandType;
  const parsed = COMMAND_PAYLOADS[type].safeParse(normalise(frame.payload ?? {}));
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({
      path: `/payload${issue.path.map((part) => `/${String(part)}`).join('')}`,
      message: issue.message,
    }));
    const first = issues[0];
    const message = first ? `${type}: ${first.path} ${first.message}` : `${type}: the payload is not valid.`;
    return { ok: false, code: 'VALIDATION_ERROR', message, issues, ...named };
  }
  return { ok: true, command: { type, payload: parsed.data, ...(id === undefined ? {} : { id }) } as Command };
}

function normalise(payload: unknown): unknown {
  if (!isRecord(payload)) return payload;
  return Object.fromEntries(
    Object.entries(payload).map(([key, value]) => {
      const other = Object.hasOwn(OTHER_SPELLINGS, key) ? OTHER_SPELLINGS[key] : undefined;
      return other !== undefined && !Object.hasOwn(payload, other) ? [other, value] : [key, value];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
