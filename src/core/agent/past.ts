import type { DurableEvent, DurableFrame, PlanNode, TurnOutcome } from '@app/session-protocol';
import type { PlanOwners } from '../plans/forked-plans.service.js';

/** How a turn had ended. */
export interface EndedTurn {
  outcome: TurnOutcome;
  at: string;
}

/** What a session was when it had got to an event, read from its events; for a fork of it. Pure. */
export class Past {
  /** Undefined of a turn that goes on. */
  private readonly turns = new Map<string, EndedTurn | undefined>();
  /** Messages with their turns. */
  readonly messages = new Map<string, string | undefined>();
  readonly nodes = new Map<string, PlanNode>();
  /** Questions that nobody had answered, with the tasks that they are of. */
  private readonly questions = new Map<string, string>();

  constructor(private readonly owners: PlanOwners) {}

  take(frame: DurableFrame): void {
    switch (frame.type) {
      case 'turn_started':
        this.turns.set(frame.payload.turn_id, undefined);
        return;
      case 'turn_finished':
        this.turns.set(frame.payload.turn_id, { outcome: frame.payload.outcome, at: frame.ts });
        return;
      case 'chat_message':
        this.messages.set(frame.payload.message_id, frame.payload.turn_id);
        return;
      case 'task_graph_proposal':
        for (const node of frame.payload.nodes) this.nodes.set(node.id, node);
        return;
      case 'task_update': {
        const { plan_id: _plan, revision: _revision, node_id, ...node } = frame.payload;
        this.nodes.set(node_id, { ...node, id: node_id });
        return;
      }
      case 'input_request':
      case 'authentication_required':
        this.questions.set(frame.payload.request_id, frame.payload.node_id);
        return;
      case 'input_resolved':
        this.questions.delete(frame.payload.request_id);
        return;
      default:
    }
  }

  knows(turnId: string): boolean {
    return this.turns.has(turnId);
  }

  ended(): Map<string, EndedTurn> {
    return new Map([...this.turns].flatMap(([id, end]) => (end ? [[id, end] as const] : [])));
  }

  /** Of what is taken, the questions that are to be closed. */
  closedQuestions(taken: ReadonlySet<string>): DurableEvent[] {
    return [...this.questions].flatMap(([request_id, node_id]): DurableEvent[] =>
      taken.has(this.turnOfNode(node_id) ?? '')
        ? [{ type: 'input_resolved', payload: { request_id, node_id, action: 'cancel' } }]
        : [],
    );
  }

  /** Undefined of what belongs to the session as such. */
  turnOf({ payload }: DurableFrame): string | undefined {
    const { turn_id, plan_id, node_id } = payload as { turn_id?: string; plan_id?: string; node_id?: string };
    if (turn_id !== undefined) return turn_id;
    if (plan_id !== undefined) return this.owners.turnOfPlan.get(plan_id) ?? '';
    return node_id === undefined ? undefined : (this.turnOfNode(node_id) ?? '');
  }

  private turnOfNode(nodeId: string): string | undefined {
    return this.owners.turnOfPlan.get(this.owners.planOfNode.get(nodeId) ?? '');
  }
}

const NAMES = ['turn_id', 'plan_id', 'message_id'] as const;

/** The event with its ids as they are in the fork, and without those by which clients know their own commands. */
export function renamed(frame: DurableFrame, ids: ReadonlyMap<string, string>): DurableFrame {
  const payload: Record<string, unknown> = { ...frame.payload };
  delete payload.client_msg_id;
  delete payload.decision_id;
  for (const name of NAMES) {
    const old = payload[name];
    if (typeof old === 'string') payload[name] = ids.get(old) ?? old;
  }
  return { ...frame, payload } as DurableFrame;
}
