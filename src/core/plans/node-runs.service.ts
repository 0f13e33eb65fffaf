import { findReferences, resolveReferences } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { untilStored } from '../../platform/database/until-stored.js';
import type { Id, SessionId } from '../../platform/ids.js';
import { Claims } from '../../platform/jobs/claims.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import type { Artifact } from '../artifacts/artifact.js';
import { isUnsent, type ToolOutcome } from '../execution/tool-outcome.js';
import type { ListedTool } from '../registry/tool-state.js';
import { ToolsService } from '../registry/tools.service.js';
import type { Session } from '../sessions/session.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { askAgain, outcomeOfVoid } from './definitions.js';
import { NodeRights } from './node-rights.js';
import { isSafeToRepeat, type TaskNodeRecord } from './plan.js';
import type { PlanChange } from './plan-change.js';
import { PlanChanges } from './plan-changes.js';
import { PlansRepository } from './plans.repository.js';
import { argumentsHash, PlanPolicy, type PolicyScene, whyHeld } from './policy.js';
import { ProposalsService } from './proposals.service.js';
import { QuestionsService } from './questions.service.js';
import { runNode } from './run-node.job.js';
import { Scenes } from './scenes.js';
import { settle } from './settle.js';

/** A run that may begin: the node is marked, the intent is written, and only the holder of the claim may end it. */
export interface BegunRun {
  session: Session;
  node: TaskNodeRecord;
  claim: string;
  tool: ListedTool;
  /** References resolved. */
  arguments: Record<string, unknown>;
  /** The permission that this very run was taken one from. */
  takenFrom?: Id<'grant'> | undefined;
}

/** What a run is begun with, and when a try that came to nothing is to be made again. */
interface Means {
  tool: ListedTool | undefined;
  /** The server does not say which tools it has. */
  isAway: boolean;
  claim: string;
  retryAt: Map<string, Date>;
}

const LOOK_AGAIN_MS = 2_000;
const SERVER_AWAY = { code: 'SERVER_UNREACHABLE', message: 'The server does not answer.' };
const TOOL_GONE = { code: 'TOOL_GONE', message: 'The server no longer has this tool.' };

/** Many references to one large result multiply. */
const MAX_ARGUMENT_CHARACTERS = 8 * 1024 * 1024;

/** The beginning and the end of each call, each in one transaction with its events. */
@Injectable()
export class NodeRunsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly plans: PlansRepository,
    private readonly changes: PlanChanges,
    private readonly policy: PlanPolicy,
    private readonly proposals: ProposalsService,
    private readonly tools: ToolsService,
    private readonly rights: NodeRights,
    private readonly artifacts: ArtifactsService,
    private readonly questions: QuestionsService,
    private readonly scenes: Scenes,
    private readonly claims: Claims,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Undefined when there is nothing to call: done, stopped, asked again, or somebody else's. */
  async begin(
    sessionId: SessionId,
    nodeId: string,
    attempt: number,
    signal: AbortSignal,
  ): Promise<BegunRun | undefined> {
    // Before the transaction: a server that was never seen is asked for its tools.
    const lookup = await this.lookUpTool(sessionId, nodeId);
    const claim = this.claims.take();
    let begun: BegunRun | undefined;
    try {
      // Under one claim: if only the answer to a commit was lost, the run has begun, and nothing was sent yet.
      const mark = () => this.mark(sessionId, nodeId, attempt, { ...lookup, claim, retryAt: new Map() });
      begun = await untilStored(mark, { signal });
      return begun;
    } finally {
      if (!begun) this.claims.release(claim);
    }
  }

  private async lookUpTool(sessionId: SessionId, nodeId: string): Promise<Pick<Means, 'tool' | 'isAway'>> {
    const node = await this.plans.findNode(sessionId, nodeId);
    try {
      return { tool: node && (await this.tools.findTool(node.serverId, node.tool)), isAway: false };
    } catch {
      return { tool: undefined, isAway: true };
    }
  }

  private async mark(
    sessionId: SessionId,
    nodeId: string,
    attempt: number,
    means: Means,
  ): Promise<BegunRun | undefined> {
    return this.database.transaction(async () => {
      const session = await this.sessions.lock(sessionId);
      const found = await this.plans.findNode(sessionId, nodeId);
      const plan = found && (await this.plans.find(sessionId, found.planId));
      if (!plan) return undefined;
      const change = await this.changes.open(plan);
      const node = change.find(nodeId);
      if (!node) return undefined;

      if (node.status === 'running' && node.claim === means.claim) return this.again(session, node, means);
      const isNext = attempt === node.attempt + 1 && (node.status === 'approved' || node.status === 'retrying');
      const isOrphan = attempt === node.attempt && node.status === 'running';
      if (isOrphan && (await this.claims.isHeld(node.claim))) return this.askAgainLater(sessionId, nodeId, attempt);
      if (isOrphan) await this.takeOver(change, node);
      const begun = isNext || isOrphan ? await this.start(session, change, node, isOrphan, means) : undefined;
      await this.changes.save(change, { retryAt: means.retryAt });
      return begun;
    });
  }

  /** False when the claim was lost: what the call gave is then nobody's. */
  async finish(run: BegunRun, outcome: ToolOutcome, options: { stopping: boolean }): Promise<boolean> {
    return this.database.transaction(async () => {
      await this.sessions.lock(run.session.id);
      const found = await this.plans.findNode(run.session.id, run.node.id);
      const plan = found && (await this.plans.find(run.session.id, found.planId));
      // A node given up as unknown takes a late answer of its own run: it is the truth after all.
      const isLate =
        found?.status === 'outcome_unknown' && (outcome.status === 'succeeded' || outcome.status === 'failed');
      if (!plan || found?.claim !== run.claim || !(found.status === 'running' || isLate)) return false;

      const change = await this.changes.open(plan);
      const settled = settle(change, found, outcome, { now: this.clock.now(), stopping: options.stopping });
      if (settled.output !== undefined) await this.plans.saveOutput(run.session.id, run.node.id, settled.output);
      if (!run.node.risk.read_only) await this.plans.settleEffect(run.node, settled.effect);
      if (run.takenFrom && isUnsent(outcome)) await this.policy.giveBack(run.takenFrom);
      for (const artifact of settled.artifacts) await this.tellArtifact(change, artifact, found);
      await this.questions.close(change, found.id);
      await this.changes.save(change, { retryAt: settled.retryAt });
      return true;
    });
  }

  /** Whether a person wants this very run to end. */
  async isStopRequested(run: BegunRun): Promise<boolean> {
    const node = await this.plans.findNode(run.session.id, run.node.id);
    return node?.stopRequested === true && node.claim === run.claim;
  }

  /** For a second job of a run that somebody holds: it may still die. */
  private async askAgainLater(sessionId: SessionId, nodeId: string, attempt: number): Promise<undefined> {
    const runAt = new Date(this.clock.ms() + LOOK_AGAIN_MS);
    const key = `${sessionId}:${nodeId}:${attempt}`;
    await this.jobs.enqueue(runNode, { sessionId, nodeId, attempt }, { runAt, key });
  }

  private async tellArtifact(change: PlanChange, artifact: Artifact, node: TaskNodeRecord): Promise<void> {
    await this.artifacts.record(artifact);
    change.tell({
      type: 'artifact_generated',
      payload: {
        artifact_id: artifact.id,
        name: artifact.name,
        url: `/api/artifacts/download/${artifact.id}`,
        content_type: artifact.contentType,
        size: artifact.size,
        sha256: artifact.sha256,
        plan_id: node.planId,
        node_id: node.id,
      },
    });
  }

  /** The process that ran the node died between call and answer. */
  private async takeOver(change: PlanChange, node: TaskNodeRecord): Promise<void> {
    const wasSent = !(await this.questions.isForSignIn(node));
    await this.questions.close(change, node.id);
    const isSafe = !wasSent || isSafeToRepeat(node);
    if (node.stopRequested && isSafe) {
      change.update(node.id, { status: 'cancelled', cause: 'stopped by you', finishedAt: this.clock.now() });
      return;
    }
    if (isSafe) {
      const why = wasSent
        ? 'the call is safe to repeat and starts again'
        : 'the call was not sent yet and starts again';
      change.note('warn', node.id, `The process that ran this died; ${why}.`, node.id);
      return;
    }
    change.note('warn', node.id, 'The process that ran this died before the answer came.', node.id);
    change.update(node.id, {
      status: 'outcome_unknown',
      cause: 'the call left, and its answer was lost; it may have had its effect',
      finishedAt: this.clock.now(),
    });
  }

  /** Marked by a transaction whose commit was not heard of. */
  private async again(session: Session, node: TaskNodeRecord, { tool, claim }: Means): Promise<BegunRun | undefined> {
    const resolved = await this.resolve(session.id, node);
    return tool && resolved.ok ? { session, node, claim, tool, arguments: resolved.value } : undefined;
  }

  private async start(
    session: Session,
    change: PlanChange,
    before: TaskNodeRecord,
    isOrphan: boolean,
    means: Means,
  ): Promise<BegunRun | undefined> {
    const { tool, claim } = means;
    const node = change.find(before.id) ?? before;
    if (isOrphan && node.status !== 'running') return undefined;
    const scene = await this.scenes.of(session, [node]);
    const held = whyHeld(scene, node);
    const invalid =
      held ?? (isOrphan ? this.policy.whyVoid(node, scene, tool?.pin) : await this.whyNotNow(node, scene, tool));
    if (invalid && isOrphan) {
      // Under way already: through another attempt it comes back to be asked.
      return this.giveUp(change, node, outcomeOfVoid(invalid), means);
    }
    if (invalid) {
      askAgain(change, node, invalid, tool);
      await this.proposals.askRules(change, scene);
      return undefined;
    }
    // What a process that died had taken one from may have been sent by it.
    const takenFrom = isOrphan ? undefined : node.approval?.grantId;
    const resolved = await this.resolve(session.id, node);
    const running = change.update(node.id, {
      status: 'running',
      claim,
      attempt: isOrphan ? node.attempt : node.attempt + 1,
      startedAt: this.clock.now(),
      finishedAt: null,
      cause: null,
      error: null,
    });
    // Approved by somebody who may use the server then; whether they still may is asked before each call.
    const lost = await this.rights.whyLost(session, node, tool);
    if (!tool || !resolved.ok || lost) {
      const missing = means.isAway ? SERVER_AWAY : TOOL_GONE;
      const wrong = resolved.ok ? missing : { code: 'UNRESOLVED_REFERENCE', message: resolved.message };
      const fault = lost ?? wrong;
      const outcome = { status: 'not_sent', fault, transient: fault === SERVER_AWAY } as const;
      if (takenFrom) await this.policy.giveBack(takenFrom);
      return this.giveUp(change, running, outcome, means);
    }
    if (!node.risk.read_only && !isOrphan) await this.plans.intendEffect(running, argumentsHash(resolved.value));
    change.note(
      'info',
      node.id,
      `${node.title}: calling ${node.tool}${running.attempt > 1 ? `, attempt ${running.attempt}` : ''}.`,
      node.id,
    );
    return { session, node: running, claim, tool, arguments: resolved.value, takenFrom };
  }

  private async whyNotNow(
    node: TaskNodeRecord,
    scene: PolicyScene,
    tool: ListedTool | undefined,
  ): Promise<string | undefined> {
    const invalid = this.policy.whyVoid(node, scene, tool?.pin);
    if (invalid !== undefined || (await this.policy.mayBeginByGrant(node))) return invalid;
    return 'the permission that it was approved by is over';
  }

  /** An attempt that comes to nothing. */
  private giveUp(change: PlanChange, node: TaskNodeRecord, outcome: ToolOutcome, means: Means): undefined {
    const { retryAt } = settle(change, node, outcome, { now: this.clock.now(), stopping: false });
    for (const [id, at] of retryAt) means.retryAt.set(id, at);
  }

  private async resolve(
    sessionId: SessionId,
    node: TaskNodeRecord,
  ): Promise<{ ok: true; value: Record<string, unknown> } | { ok: false; message: string }> {
    const needed = new Set(findReferences(node.arguments).references.map((reference) => reference.node));
    const outputs = await this.plans.outputsOf(sessionId, [...needed]);
    const resolved = resolveReferences(node.arguments, (id) => outputs.get(id));
    if (resolved.ok && JSON.stringify(resolved.value).length > MAX_ARGUMENT_CHARACTERS) {
      return { ok: false, message: 'With the results it refers to, the call is larger than 8 MiB.' };
    }
    if (resolved.ok) return { ok: true, value: resolved.value as Record<string, unknown> };
    return { ok: false, message: resolved.problems.map(({ message }) => message).join(' ') };
  }
}
