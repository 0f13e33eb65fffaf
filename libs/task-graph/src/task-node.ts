import { type TaskStatus } from './statuses.js';

/** What the rules need to know of a task; `dependsOn` names tasks of the same graph. */
export interface TaskNode {
  readonly id: string;
  readonly title: string;
  readonly status: TaskStatus;
  readonly dependsOn: readonly string[];
}
