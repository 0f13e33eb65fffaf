import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId, type OrganizationId, type ServerId, type SessionId, type UserId } from '../../platform/ids.js';
import { type ApprovalPolicy, automaticRule } from './approval-policy.js';

export interface CallToDecide {
  organizationId: OrganizationId;
  userId: UserId;
  sessionId: SessionId;
  serverId: ServerId;
  policy: ApprovalPolicy;
  tool: string;
  /** SHA-256 of the tool's definition. */
  pin: string;
  readOnly: boolean;
}

export type GrantScope = 'tool_in_session' | 'tool_until_changed' | 'server_in_session';

interface GrantRow {
  session_id: string | null;
  tool: string | null;
  pin: string | null;
}

/** Who may call what without asking: the server's policy, and what people chose to remember. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The rule by which the call may run now, or undefined: a person decides. */
  async findRule(call: CallToDecide): Promise<string | undefined> {
    const grants = await this.database.sql<GrantRow>(
      `select session_id, tool, pin from approval_grants
       where organization_id = $1 and server_id = $2 and user_id = $3 and (session_id is null or session_id = $4)
         and (tool is null or (tool = $5 and pin = $6))`,
      [call.organizationId, call.serverId, call.userId, call.sessionId, call.tool, call.pin],
    );
    const definitionApproved = grants.some((grant) => grant.pin === call.pin && grant.session_id === null);
    const rule = automaticRule({ policy: call.policy, readOnly: call.readOnly, definitionApproved });
    if (rule) return rule;
    const grant = grants[0];
    if (!grant) return undefined;
    if (grant.tool === null) return 'you allowed this server for this session';
    return grant.session_id === null
      ? 'you allowed this tool until its definition changes'
      : 'you allowed this tool for this session';
  }

  async remember(call: CallToDecide, scope: GrantScope): Promise<void> {
    const inSession = scope !== 'tool_until_changed';
    const ofTool = scope !== 'server_in_session';
    await this.database.sql(
      `insert into approval_grants (id, organization_id, user_id, session_id, server_id, tool, pin, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        newId('grant'),
        call.organizationId,
        call.userId,
        inSession ? call.sessionId : null,
        call.serverId,
        ofTool ? call.tool : null,
        ofTool ? call.pin : null,
        this.clock.now().toISOString(),
      ],
    );
  }
}
