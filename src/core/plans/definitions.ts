import { toolQuarantined } from '../registry/registry.errors.js';
import type { ListedTool } from '../registry/tool-state.js';
import type { ToolOutcome } from '../execution/tool-outcome.js';
import type { TaskNodeRecord } from './plan.js';
import type { PlanChange } from './plan-change.js';
import { type PolicyScene, standingOf, whyHeld } from './policy.js';
import { riskOf } from './proposals.service.js';

/** @throws TOOL_QUARANTINED: the definition is decided on first, by who manages the server */
export function refuseQuarantined({ serverId, tool }: TaskNodeRecord, scene: PolicyScene): void {
  const standing = standingOf(scene, { serverId, tool });
  if (standing?.quarantined) throw toolQuarantined({ serverId, name: tool, state: standing.state });
}

/** What changes in a task whose tool has another definition, and that one is approved: it takes the old one's place. */
export function newlyApproved(
  node: TaskNodeRecord,
  scene: PolicyScene,
  tool: ListedTool | undefined,
): Partial<TaskNodeRecord> {
  const standing = standingOf(scene, node);
  const applies = tool && standing?.state === 'approved' && standing.pin === tool.pin && tool.pin !== node.pin;
  return applies ? pinnedTo(tool) : {};
}

export const pinnedTo = (tool: ListedTool): Pick<TaskNodeRecord, 'pin' | 'risk'> => ({
  pin: tool.pin,
  risk: riskOf(tool),
});

/** Its approval does not hold any more; a definition in quarantine is not taken over. */
export function askAgain(change: PlanChange, node: TaskNodeRecord, why: string, tool: ListedTool | undefined): void {
  change.note('warn', node.id, `Asked again: ${why.replace(/\.$/, '')}.`, node.id);
  change.update(node.id, {
    status: 'pending',
    approval: null,
    autoRule: null,
    queuedAttempt: node.attempt,
    ...(tool && !tool.quarantined && pinnedTo(tool)),
    cause: `asked again: ${why}`,
  });
}

/** Tasks of a tool in quarantine wait, and say why; once its definition is approved they are asked about with that one. */
export function followDefinition(change: PlanChange, node: TaskNodeRecord, tool: ListedTool, scene: PolicyScene): void {
  const held = whyHeld(scene, node);
  if (held === undefined && node.status === 'pending') {
    change.update(node.id, { ...newlyApproved(node, scene, tool), cause: null });
  }
  if (held === undefined) return;
  if (node.status === 'pending') change.update(node.id, { cause: held });
  if (node.status === 'approved' || node.status === 'blocked') askAgain(change, node, held, undefined);
}

/** For a run that is under way already: through another attempt it comes back to be asked. */
export const outcomeOfVoid = (message: string): ToolOutcome => ({
  status: 'not_sent',
  fault: { code: 'TOOL_CHANGED', message },
  transient: true,
});
