import { renameReferences } from '@app/task-graph';
import { Injectable } from '@nestjs/common';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import type { SessionId } from '../../platform/ids.js';
import type { Artifact } from '../artifacts/artifact.js';
import type { Plan, TaskNodeRecord } from '../plans/plan.js';
import { PlansService } from '../plans/plans.service.js';
import type { ModelMessage, NodeOutcome, ProposedNode } from './language-model.port.js';
import type { AgentReply, Turn } from './turn.js';
import { TurnsRepository } from './turns.repository.js';

const TURNS = 30;
const PLANS = 60;
const RESULT_CHARACTERS = 4_000;

interface PlanWithNodes {
  plan: Plan;
  nodes: TaskNodeRecord[];
}

/** What was said and done in a session, as a model reads it; how much of it fits is another's matter. */
@Injectable()
export class History {
  constructor(
    private readonly turns: TurnsRepository,
    private readonly plans: PlansService,
    private readonly artifacts: ArtifactsService,
  ) {}

  /** Ends with what is to be answered, though other messages may have been answered while the turn waited. */
  async of(sessionId: SessionId, current: Turn): Promise<ModelMessage[]> {
    const begun = await this.turns.listBegun(sessionId, TURNS);
    const turns = [...begun.filter(({ id }) => id !== current.id), ...begun.filter(({ id }) => id === current.id)];
    const replies = turns.length === 0 ? [] : await this.turns.listReplies(turns.map(({ id }) => id));
    const plans = await this.plans.listWithNodes(sessionId, PLANS);
    const files = await this.artifacts.listFor(sessionId);
    const byPlan = new Map(plans.map((entry) => [entry.plan.id as string, entry]));
    const messages = turns.flatMap((turn) =>
      turnMessages(
        turn,
        replies.filter((reply) => reply.turnId === turn.id),
        byPlan,
        files,
      ),
    );
    return [...messages, ...resultsReadAgain(current, plans, files)];
  }
}

/** A turn that nobody wrote is about the plan that was run again after its own turn had ended. */
function resultsReadAgain(current: Turn, plans: readonly PlanWithNodes[], files: readonly Artifact[]): ModelMessage[] {
  if (current.text !== null || current.graphs > 0) return [];
  const finishedAt = ({ plan }: PlanWithNodes) => plan.finishedAt?.getTime() ?? 0;
  const last = plans.toSorted((one, other) => finishedAt(one) - finishedAt(other)).at(-1);
  return last ? [{ role: 'results', outcomes: last.nodes.map((node) => toOutcome(node, files)) }] : [];
}

function turnMessages(
  turn: Turn,
  replies: readonly AgentReply[],
  plans: ReadonlyMap<string, PlanWithNodes>,
  files: readonly Artifact[],
): ModelMessage[] {
  const said: ModelMessage[] = turn.text === null ? [] : [{ role: 'user', text: turn.text }];
  for (const reply of replies) {
    const plan = reply.planId === null ? undefined : plans.get(reply.planId);
    const nodes = toProposedNodes(plan?.nodes ?? []);
    const state = reply.providerState === null ? {} : { providerState: reply.providerState };
    said.push({ role: 'agent', text: reply.text, nodes, ...state });
    if (plan) said.push({ role: 'results', outcomes: plan.nodes.map((node) => toOutcome(node, files)) });
  }
  return said;
}

/** In the author's own names, which a provider's state refers to as well. */
function toProposedNodes(nodes: readonly TaskNodeRecord[]): ProposedNode[] {
  const keys = new Map(nodes.map(({ id, key }) => [id, key]));
  const rename = (id: string) => keys.get(id) ?? id;
  return nodes.map((node) => ({
    key: node.key,
    title: node.title,
    tool: node.tool,
    serverId: node.serverId,
    arguments: renameReferences(node.arguments, rename) as Record<string, unknown>,
    dependsOn: node.dependsOn.map(rename),
  }));
}

function toOutcome(node: TaskNodeRecord, files: readonly Artifact[]): NodeOutcome {
  const error = node.error ? `${node.error.code}: ${node.error.message}` : '';
  const structured = node.result?.structured;
  const text = [error, node.cause ?? '', node.result?.preview ?? ''].filter((part) => part !== '').join('\n');
  return {
    nodeId: node.id,
    tool: node.tool,
    title: node.title,
    status: node.status,
    arguments: node.arguments,
    text: text.slice(0, RESULT_CHARACTERS),
    ...(structured !== undefined && JSON.stringify(structured).length <= RESULT_CHARACTERS * 2 ? { structured } : {}),
    artifacts: files
      .filter((file) => file.nodeId === node.id)
      .map(({ name, contentType, size }) => ({ name, contentType, size })),
  };
}
