import type { Answer } from '../http/answer.js';
import type { Pieces } from '../json/pieces.js';

/** The answer to one request of a batch (2025-03-26): nothing comes before it, and it goes with the others. */
export class BatchAnswer implements Answer {
  readonly isOneWay = true;
  body: Pieces | undefined;

  send(): void {}

  finish(message: Pieces): void {
    this.body = message;
  }
}

export const batchOf = (answers: readonly BatchAnswer[]): Pieces => [
  '[',
  ...answers.flatMap(({ body = [] }, at) => (at === 0 ? body : [',', ...body])),
  ']',
];
