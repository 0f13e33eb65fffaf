import { isTerminal, type TaskStatus } from './statuses.js';
import { type TaskNode } from './task-node.js';

const FOR_A_PERSON: readonly TaskStatus[] = ['pending', 'outcome_unknown'];

/** Every task has ended; one whose outcome is unknown has not. */
export function isFinished(nodes: readonly TaskNode[]): boolean {
  return nodes.every(({ status }) => isTerminal(status));
}

/** The tasks on which only a person can decide, in the given order. */
export function nodesForPerson<Node extends TaskNode>(nodes: readonly Node[]): Node[] {
  return nodes.filter(({ status }) => FOR_A_PERSON.includes(status));
}

/** A person's decision is open; other tasks may be running beside it. */
export function waitsForPerson(nodes: readonly TaskNode[]): boolean {
  return nodes.some(({ status }) => FOR_A_PERSON.includes(status));
}
