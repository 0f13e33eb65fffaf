import { DIALECTS, NOTE_CODES } from '@app/schema-compiler';
import { SEVERITIES } from '@app/tool-diff';
import { z } from 'zod';
import { APPROVAL_POLICIES } from '../../../core/approvals/approval-policy.js';
import { ROLES } from '../../../core/identity/principal.js';
import type { ToolDetailsOf } from '../../../core/plans/tool-details.service.js';
import { MAX_NAMED_CALLERS, type ToolCallersChange } from '../../../core/registry/tool-callers.js';
import type { DefinitionDiff } from '../../../core/registry/tool-history.service.js';
import { TOOL_STATES, VERSION_STATUSES } from '../../../core/registry/tool-state.js';
import type { DescribedTool, ServerOffer } from '../../../core/registry/tools.service.js';
import { idSchema } from '../../../platform/ids.js';

const score = z.int().min(0).max(100);

const CompatibilityView = z
  .object({
    score: score.meta({ description: 'The lowest of the vendors; 100: models are shown the schema as it is.' }),
    vendors: z.record(z.enum(DIALECTS), score),
    notes: z.array(
      z.object({
        path: z.string().meta({ description: 'The place in the arguments; `*` is every item.', example: '/filter/*' }),
        code: z.enum(NOTE_CODES),
        message: z.string(),
        vendors: z.array(z.enum(DIALECTS)),
      }),
    ),
  })
  .meta({ id: 'ToolCompatibility' });

const PersonView = z.object({ user_id: z.string(), username: z.string() });

/** As it stands in a path. One with U+0000, which Postgres keeps nowhere, is as unknown as any other. */
export const toolNameSchema = z.string().transform((name) => (name.includes('\0') ? '' : name));

export const ToolView = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    input_schema: z.record(z.string(), z.unknown()),
    output_schema: z.record(z.string(), z.unknown()).optional(),
    annotations: z.record(z.string(), z.unknown()),
    read_only: z.boolean(),
    destructive: z.boolean(),
    compatibility: CompatibilityView.nullable().meta({
      description: 'How well models can call it, by its input schema; null while that is worked out.',
    }),
    pin: z.string().meta({ description: 'SHA-256 of the definition; an approval is bound to it.' }),
    state: z.enum(TOOL_STATES).meta({
      description:
        'How far this definition is trusted. `first_seen`: it was there when the server was first asked. `new`, `changed`: it came later.',
    }),
    quarantined: z.boolean().meta({
      description: 'Not offered to models, and called from no door, until somebody who manages the server approves it.',
    }),
    approval_policy: z.enum(APPROVAL_POLICIES).nullable().meta({ description: 'null: that of the server.' }),
    effective_policy: z.enum(APPROVAL_POLICIES).meta({ description: 'The one that counts.' }),
    renamed_from: z.string().nullable().meta({ description: 'The name that it seems to have had before.' }),
    approved_at: z.iso.datetime().nullable(),
    approved_by: PersonView.nullable().meta({ description: 'null where a rule approved it, or nobody did.' }),
    callers: z
      .object({ least_role: z.enum(ROLES).nullable(), users: z.array(PersonView) })
      .nullable()
      .meta({
        description:
          'Who may call it, by role or by name; null: whoever may use the server. Who does not manage the server sees their own name alone.',
      }),
    may_call: z.boolean().meta({ description: 'Whether you may, with the credential that you use.' }),
  })
  .meta({ id: 'Tool' });

export const ToolListView = z
  .object({ tools: z.array(ToolView), resources_count: z.int(), prompts_count: z.int() })
  .meta({ id: 'ToolList' });

const ChangeView = z.object({
  kind: z.string().meta({ example: 'required_added' }),
  path: z.string().meta({ description: 'Where in the definition: a JSON Pointer.' }),
  severity: z.enum(SEVERITIES),
  message: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
  words: z
    .array(z.object({ op: z.enum(['same', 'added', 'removed']), text: z.string() }))
    .optional()
    .meta({ description: 'Of a text: word by word.' }),
});

export const DiffView = z
  .object({
    from: z.string().meta({ description: 'The pin that was trusted last.' }),
    to: z.string(),
    severity: z.enum(SEVERITIES).meta({
      description:
        '`breaking`: calls that were right are wrong now. `risky`: it may be meant to mislead. The worst of the changes.',
    }),
    changes: z.array(ChangeView),
  })
  .meta({ id: 'ToolDiff', description: 'Hidden characters are made visible, as ⟦U+200B⟧.' });

const PersonOrNobody = z.object({ user_id: z.string().nullable(), username: z.string() }).nullable();

export const ToolDetailsView = z
  .object({
    tool: ToolView,
    definition: z.record(z.string(), z.unknown()).meta({ description: 'As the server gave it.' }),
    history: z
      .array(
        z.object({
          pin: z.string(),
          first_seen_at: z.iso.datetime(),
          status: z.enum(VERSION_STATUSES),
          decided_at: z.iso.datetime().nullable(),
          decided_by: PersonOrNobody,
          reason: z.string().nullable(),
        }),
      )
      .meta({ description: 'Newest first.' }),
    diff: DiffView.nullable().meta({
      description: 'Since what was trusted last; null where the tool is not in quarantine.',
    }),
    affected: z.object({
      plans: z.array(
        z.object({
          plan_id: z.string(),
          session_id: z.string(),
          title: z.string(),
          nodes: z.array(z.object({ id: z.string() })),
        }),
      ),
      sessions: z.array(z.object({ id: z.string(), title: z.string().nullable() })),
      keys: z.array(z.object({ id: z.string(), name: z.string() })),
      grants: z.int(),
    }),
  })
  .meta({ id: 'ToolDetails' });

export const toDiffView = ({ from, to, severity, changes }: DefinitionDiff): z.infer<typeof DiffView> => ({
  from,
  to,
  severity,
  changes: changes.map(({ kind, path, severity: worth, message, before, after, words }) => ({
    kind,
    path,
    severity: worth,
    message,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(words !== undefined && { words: words.map(({ op, text }) => ({ op, text })) }),
  })),
});

export const toToolDetailsView = ({
  tool,
  definition,
  versions,
  diff,
  affected,
}: ToolDetailsOf): z.infer<typeof ToolDetailsView> => ({
  tool: toToolView(tool),
  definition,
  history: versions.map((version) => ({
    pin: version.pin,
    first_seen_at: version.firstSeenAt.toISOString(),
    status: version.status,
    decided_at: version.decidedAt?.toISOString() ?? null,
    decided_by: version.decidedBy && { user_id: version.decidedBy.userId, username: version.decidedBy.username },
    reason: version.reason,
  })),
  diff: diff && toDiffView(diff),
  affected: {
    plans: affected.plans.map(({ planId, sessionId, title, nodes }) => ({
      plan_id: planId,
      session_id: sessionId,
      title,
      nodes: nodes.map((id) => ({ id })),
    })),
    sessions: affected.sessions.map(({ id, title }) => ({ id, title })),
    keys: affected.keys.map(({ id, name }) => ({ id, name })),
    grants: affected.grants,
  },
});

const pin = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'Of the definition that you read; another one now is TOOL_CHANGED.' });
const reason = z.string().max(500).optional();

export const ToolPolicyChange = z
  .strictObject({ approval_policy: z.enum(APPROVAL_POLICIES).nullable() })
  .meta({ id: 'ToolPolicyChange' });

export const ToolCallersChangeBody = z
  .strictObject({
    least_role: z.enum(ROLES).nullable().meta({ description: 'This role and those above it may call it.' }),
    users: z
      .array(idSchema('user'))
      .max(MAX_NAMED_CALLERS)
      .nullable()
      .meta({ description: 'These may call it, whatever their role. An empty list and no role: nobody may.' }),
  })
  .transform(({ least_role, users }): ToolCallersChange => ({ leastRole: least_role, users }))
  .meta({ id: 'ToolCallersChange', description: 'With null for both: whoever may use the server.' });

export const ToolDecision = z.strictObject({ pin, reason }).meta({ id: 'ToolDecision' });

export const ToolRevocation = z.strictObject({ reason }).meta({ id: 'ToolRevocation' });

export const ToolApprovals = z
  .strictObject({
    tools: z
      .array(z.strictObject({ name: z.string(), pin }))
      .min(1)
      .max(500),
  })
  .meta({ id: 'ToolApprovals' });

export const ToolsApprovedView = z.object({ tools: z.array(ToolView) }).meta({ id: 'ToolsApproved' });

export const toToolsApprovedView = (tools: readonly DescribedTool[]): z.infer<typeof ToolsApprovedView> => ({
  tools: tools.map(toToolView),
});

export const toToolListView = (offer: ServerOffer): z.infer<typeof ToolListView> => ({
  tools: offer.tools.map(toToolView),
  resources_count: offer.resourceCount,
  prompts_count: offer.promptCount,
});

export const toToolView = (tool: DescribedTool): z.infer<typeof ToolView> => ({
  name: tool.name,
  title: tool.title,
  description: tool.description,
  input_schema: tool.inputSchema,
  ...(tool.outputSchema !== undefined && { output_schema: tool.outputSchema }),
  annotations: tool.annotations,
  read_only: tool.readOnly,
  destructive: tool.destructive,
  compatibility: tool.compatibility ?? null,
  pin: tool.pin,
  state: tool.state,
  quarantined: tool.quarantined,
  approval_policy: tool.approvalPolicy,
  effective_policy: tool.effectivePolicy,
  renamed_from: tool.renamedFrom,
  approved_at: tool.approvedAt?.toISOString() ?? null,
  approved_by: tool.approvedBy && { user_id: tool.approvedBy.userId, username: tool.approvedBy.username },
  callers: tool.callers && {
    least_role: tool.callers.leastRole,
    users: tool.callers.users.map(({ userId, username }) => ({ user_id: userId, username })),
  },
  may_call: tool.mayCall,
});
