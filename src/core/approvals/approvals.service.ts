import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Soon } from '@app/soon';
import { type ApprovalPolicy, automaticRule } from './approval-policy.js';
import { findGrant, type Grant, ruleOf } from './grant.js';
import { GrantsService } from './grants.service.js';
import type { CallToDecide, DefinitionTrust, Verdict } from './verdict.js';

const WHY = {
  require_approval_all: 'somebody has to allow each call of this tool',
  require_approval_writes: 'it may change something, and somebody has to allow such calls',
  require_approval_changed: 'nobody has approved this definition of the tool yet',
  auto_approve: 'a person decides',
} as const satisfies Record<ApprovalPolicy, string>;

const IN_QUARANTINE = {
  new: 'The tool is new on its server, and nobody has approved it yet.',
  changed: 'The definition of the tool changed, and nobody has approved the new one yet.',
  rejected: 'Somebody rejected the definition that the tool has now.',
} as const satisfies Partial<Record<DefinitionTrust, string>>;

const WHERE = 'Whoever manages the server decides on it, among the approvals or at the server’s tools.';

/** Who may call what without asking: the policy that counts for the tool, and what people chose to remember. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly grants: GrantsService,
    private readonly clock: Clock,
  ) {}

  /** What would become of the call; no question to the database while it is asked often. Not in a transaction. */
  async decide(call: CallToDecide): Promise<Verdict> {
    return this.judgeBy(call) ?? this.judgeByGrants(call, await this.grants.listKnown(call.serverId));
  }

  /**
   * As `decide`, for a call that is sent now: a permission for so many calls is taken one from. Not in a transaction.
   */
  decideToSend(call: CallToDecide): Soon<Verdict> {
    return this.judgeBy(call) ?? this.takeGrant(call);
  }

  /** It was not sent after all: a permission for so many calls has its use back. */
  async giveBack(verdict: Verdict): Promise<void> {
    if (verdict.decision === 'run' && verdict.grant) await this.grants.giveBack(verdict.grant);
  }

  private async takeGrant(call: CallToDecide): Promise<Verdict> {
    let known = await this.grants.listKnown(call.serverId);
    // Others may take the last use of one, and of the next: each try leaves one less.
    for (;;) {
      const grant = findGrant(known, call, this.clock.now());
      if (!grant) return ask(call);
      if (grant.maxUses === null) this.grants.note(grant.id);
      if (grant.maxUses === null || (await this.grants.take(grant.id))) return runBy(grant);
      known = known.filter(({ id }) => id !== grant.id);
    }
  }

  /** As `decide`, by what is true in the caller's transaction. The use is taken when the call is sent: `GrantsService.take`. */
  async decideNow(call: CallToDecide): Promise<Verdict> {
    return this.judgeBy(call) ?? this.judgeByGrants(call, await this.grants.listNow(call.serverId));
  }

  /** Without a look at what is remembered; undefined: that decides. */
  private judgeBy({ policy, readOnly, toolState }: CallToDecide): Verdict | undefined {
    if (toolState === 'new' || toolState === 'changed' || toolState === 'rejected') {
      return { decision: 'refuse', code: 'TOOL_QUARANTINED', message: `${IN_QUARANTINE[toolState]} ${WHERE}` };
    }
    const rule = automaticRule({ policy, readOnly, definitionApproved: toolState === 'approved' });
    return rule === undefined ? undefined : { decision: 'run', rule };
  }

  private judgeByGrants(call: CallToDecide, grants: readonly Grant[]): Verdict {
    const grant = findGrant(grants, call, this.clock.now());
    return grant ? runBy(grant) : ask(call);
  }
}

const runBy = (grant: Grant): Verdict => ({ decision: 'run', rule: ruleOf(grant), grant: grant.id });

const ask = ({ policy }: CallToDecide): Verdict => ({ decision: 'ask', why: WHY[policy] });
