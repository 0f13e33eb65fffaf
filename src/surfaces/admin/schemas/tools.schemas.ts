import { SEVERITIES } from '@app/tool-diff';
import { z } from 'zod';
import { APPROVAL_POLICIES } from '../../../core/approvals/approval-policy.js';
import type { PinnedTool } from '../../../core/registry/tool-definition.js';
import type { CountedTools } from '../../../core/registry/tool-directory.service.js';
import type { DefinitionDiff } from '../../../core/registry/tool-history.service.js';
import { type KeptTool, TOOL_STATES, type ToolVersion, VERSION_STATUSES } from '../../../core/registry/tool-state.js';
import type { PageRequest } from '../../../platform/page.js';
import { pageOf, paginate, PaginationQuery } from './pagination.js';

const WHICH = {
  pending: ['new', 'changed'],
  unapproved: ['first_seen', 'new', 'changed'],
  approved: ['approved'],
  rejected: ['rejected'],
} as const;

export const ToolApprovalsQuery = z
  .looseObject({
    status: z
      .enum(['pending', 'unapproved', 'approved', 'rejected'])
      .default('pending')
      .meta({ description: '`unapproved`: also those that the server had when it was first asked.' }),
  })
  .transform(({ status, ...rest }, context) => {
    const page = PaginationQuery.safeParse(rest);
    if (page.success) return { states: WHICH[status], page: page.data };
    for (const issue of page.error.issues) {
      context.addIssue({ code: 'custom', message: issue.message, path: issue.path });
    }
    return z.NEVER;
  });

const comment = z.string().max(500).optional();

export const ToolAction = z.strictObject({ action: z.enum(['approve', 'reject']), comment }).meta({ id: 'ToolAction' });

export const ToolRevocation = z.strictObject({ comment }).meta({ id: 'ToolRevocation' });

const number = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number);

export const VersionParam = { schema: number };

export const VersionsQuery = z.strictObject({ from: number, to: number });

const Person = z.object({ user_id: z.string().nullable(), username: z.string() }).nullable();
const members = z.record(z.string(), z.unknown());

export const ToolView = z
  .object({
    id: z.string(),
    server_id: z.string(),
    server_name: z.string(),
    name: z.string(),
    title: z.string(),
    description: z.string(),
    input_schema: members,
    output_schema: members.optional(),
    annotations: members,
    read_only: z.boolean(),
    destructive: z.boolean(),
    state: z.enum(TOOL_STATES),
    quarantined: z.boolean().meta({ description: 'Called from no door until somebody approves it.' }),
    present: z.boolean().meta({ description: 'The server offers it now.' }),
    pin: z.string().meta({ description: 'SHA-256 of the definition.' }),
    version: z.int(),
    approval_policy: z.enum(APPROVAL_POLICIES).nullable().meta({ description: 'null: that of the server.' }),
    effective_policy: z.enum(APPROVAL_POLICIES),
    renamed_from: z.string().nullable(),
    decided_at: z.iso.datetime().nullable(),
    decided_by: Person,
    comment: z.string().nullable(),
    first_seen_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Tool' });

export const ToolListView = pageOf(ToolView).meta({ id: 'ToolList' });

const VersionSummary = z.object({
  version: z.int(),
  pin: z.string(),
  status: z.enum(VERSION_STATUSES),
  first_seen_at: z.iso.datetime(),
  decided_at: z.iso.datetime().nullable(),
  decided_by: Person,
  comment: z.string().nullable(),
});

export const VersionListView = pageOf(VersionSummary).meta({ id: 'ToolVersionList' });

export const VersionView = VersionSummary.extend({ definition: members }).meta({ id: 'ToolVersion' });

export const VersionComparisonView = z
  .object({
    from: VersionSummary,
    to: VersionSummary,
    severity: z.enum(SEVERITIES),
    changes: z.array(
      z.object({
        kind: z.string(),
        path: z.string(),
        severity: z.enum(SEVERITIES),
        message: z.string(),
        before: z.string().optional(),
        after: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'ToolVersionComparison' });

export const toToolView = (tool: KeptTool): z.infer<typeof ToolView> => ({
  id: tool.id,
  server_id: tool.serverId,
  server_name: tool.serverName,
  name: tool.name,
  title: tool.title,
  description: tool.description,
  input_schema: tool.inputSchema,
  ...(tool.outputSchema !== undefined && { output_schema: tool.outputSchema }),
  annotations: tool.annotations,
  read_only: tool.readOnly,
  destructive: tool.destructive,
  state: tool.state,
  quarantined: tool.quarantined,
  present: tool.present,
  pin: tool.pin,
  version: tool.version,
  approval_policy: tool.approvalPolicy,
  effective_policy: tool.effectivePolicy,
  renamed_from: tool.renamedFrom,
  decided_at: tool.decidedAt?.toISOString() ?? null,
  decided_by: tool.decidedBy && { user_id: tool.decidedBy.userId, username: tool.decidedBy.username },
  comment: tool.reason,
  first_seen_at: tool.firstSeenAt.toISOString(),
  updated_at: tool.changedAt.toISOString(),
});

export const toToolListView = (page: PageRequest, { items, total }: CountedTools): z.infer<typeof ToolListView> =>
  paginate(page, items.map(toToolView), total);

const toVersionSummary = (version: ToolVersion): z.infer<typeof VersionSummary> => ({
  version: version.number,
  pin: version.pin,
  status: version.status,
  first_seen_at: version.firstSeenAt.toISOString(),
  decided_at: version.decidedAt?.toISOString() ?? null,
  decided_by: version.decidedBy && { user_id: version.decidedBy.userId, username: version.decidedBy.username },
  comment: version.reason,
});

export const toVersionListView = (page: PageRequest, all: readonly ToolVersion[]): z.infer<typeof VersionListView> => {
  const start = (page.page - 1) * page.size;
  return paginate(page, all.slice(start, start + page.size).map(toVersionSummary), all.length);
};

export const toVersionView = (found: {
  version: ToolVersion;
  definition: PinnedTool;
}): z.infer<typeof VersionView> => ({ ...toVersionSummary(found.version), definition: found.definition });

export const toVersionComparisonView = (found: {
  from: ToolVersion;
  to: ToolVersion;
  diff: DefinitionDiff;
}): z.infer<typeof VersionComparisonView> => ({
  from: toVersionSummary(found.from),
  to: toVersionSummary(found.to),
  severity: found.diff.severity,
  changes: found.diff.changes.map(({ kind, path, severity, message, before, after }) => ({
    kind,
    path,
    severity,
    message,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  })),
});
