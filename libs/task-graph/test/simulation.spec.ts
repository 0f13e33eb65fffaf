import fc from 'fast-check';
import {
  advance,
  canMove,
  effectiveStatus,
  isFinished,
  isTerminal,
  readyNodes,
  reopen,
  type TaskNode,
  type TaskStatus,
  waitsForPerson,
} from '../src/index.js';
import { anyTasks } from './arbitraries.js';

/** A plan as the backend would drive it; refuses every illegal move. */
class Plan {
  nodes: readonly TaskNode[];

  constructor(nodes: readonly TaskNode[]) {
    this.nodes = nodes.map((node) => ({ ...node, status: 'pending' }));
  }

  move(id: string, to: TaskStatus): void {
    const node = this.find(id);
    if (!canMove(node.status, to)) throw new Error(`${id} moved from ${node.status} to ${to}`);
    if (to === 'running') this.mustHaveItsInputs(node);
    this.nodes = this.nodes.map((other) => (other.id === id ? { ...other, status: to } : other));
  }

  approve(id: string): void {
    this.move(id, effectiveStatus({ ...this.find(id), status: 'approved' }, this.nodes));
  }

  settle(): void {
    for (const { id, to } of advance(this.nodes)) this.move(id, to);
    expect(advance(this.nodes)).toEqual([]);
  }

  private mustHaveItsInputs(node: TaskNode): void {
    for (const id of node.dependsOn) expect(this.find(id).status).toBe('succeeded');
  }

  private find(id: string): TaskNode {
    const node = this.nodes.find((other) => other.id === id);
    if (!node) throw new Error(`no node ${id}`);
    return node;
  }
}

const ENDS = ['succeeded', 'succeeded', 'failed', 'timed_out', 'outcome_unknown', 'retrying', 'cancelled'] as const;
const RETRIABLE: readonly TaskStatus[] = ['failed', 'timed_out', 'rejected', 'cancelled', 'outcome_unknown'];

type Step = (plan: Plan, choice: number) => void;

const pickFrom = (nodes: readonly TaskNode[], choice: number) => nodes[choice % Math.max(1, nodes.length)];
const withStatus = (plan: Plan, ...wanted: TaskStatus[]) => plan.nodes.filter(({ status }) => wanted.includes(status));

const STEPS: Record<string, Step> = {
  approve: (plan, choice) => {
    const node = pickFrom(withStatus(plan, 'pending'), choice);
    if (node) plan.approve(node.id);
  },
  reject: (plan, choice) => {
    const node = pickFrom(withStatus(plan, 'pending'), choice);
    if (node) plan.move(node.id, 'rejected');
  },
  askAgain: (plan, choice) => {
    const node = pickFrom(withStatus(plan, 'approved', 'blocked', 'retrying'), choice);
    if (node) plan.move(node.id, 'pending');
  },
  start: (plan, choice) => {
    const node = pickFrom([...readyNodes(plan.nodes), ...withStatus(plan, 'retrying')], choice);
    if (node) plan.move(node.id, 'running');
  },
  end: (plan, choice) => {
    const node = pickFrom(withStatus(plan, 'running'), choice);
    if (node) plan.move(node.id, ENDS[choice % ENDS.length] ?? 'succeeded');
  },
  retry: (plan, choice) => {
    const node = pickFrom(withStatus(plan, ...RETRIABLE), choice);
    if (!node) return;
    const back = reopen(plan.nodes, node.id);
    if (choice % 2 === 0) plan.approve(node.id);
    else plan.move(node.id, 'pending');
    for (const { id, to } of back) plan.move(id, to);
  },
  resolve: (plan, choice) => {
    const node = pickFrom(withStatus(plan, 'outcome_unknown'), choice);
    if (node) plan.move(node.id, choice % 2 === 0 ? 'succeeded' : 'failed');
  },
  stop: (plan, choice) => {
    if (choice % 8 !== 0) return;
    for (const node of plan.nodes) {
      if (!isTerminal(node.status) && node.status !== 'outcome_unknown') plan.move(node.id, 'cancelled');
    }
  },
};

const anySteps = fc.array(fc.record({ step: fc.constantFrom(...Object.keys(STEPS)), choice: fc.nat({ max: 1_000 }) }), {
  maxLength: 80,
});

describe('a plan under random decisions, outcomes and retries', () => {
  it('never runs a task before its inputs, and ends finished or waiting for a person', () => {
    fc.assert(
      fc.property(anyTasks({ maxLength: 10 }), anySteps, fc.nat(), (nodes, steps, ending) => {
        const plan = new Plan(nodes);
        for (const { step, choice } of steps) {
          STEPS[step]?.(plan, choice);
          plan.settle();
        }
        runOut(plan, ending);
        expect(isFinished(plan.nodes) || waitsForPerson(plan.nodes)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('finishes once a person has answered everything', () => {
    fc.assert(
      fc.property(anyTasks({ maxLength: 10 }), anySteps, fc.nat(), (nodes, steps, ending) => {
        const plan = new Plan(nodes);
        for (const { step, choice } of steps) {
          STEPS[step]?.(plan, choice);
          plan.settle();
        }
        runOut(plan, ending);
        for (let round = 0; waitsForPerson(plan.nodes) && round <= nodes.length * 2; round += 1) {
          for (const { id } of withStatus(plan, 'pending')) plan.approve(id);
          for (const { id } of withStatus(plan, 'outcome_unknown')) plan.move(id, 'succeeded');
          plan.settle();
          runOut(plan, ending);
        }
        expect(isFinished(plan.nodes)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** Goes on without any person until nothing moves by itself. */
function runOut(plan: Plan, ending: number): void {
  for (let turn = ending; ; turn += 1) {
    plan.settle();
    const active = [...readyNodes(plan.nodes), ...withStatus(plan, 'running', 'retrying')];
    const node = pickFrom(active, turn);
    if (!node) return;
    if (node.status !== 'running') plan.move(node.id, 'running');
    plan.move(node.id, ENDS[turn % ENDS.length] ?? 'succeeded');
  }
}
