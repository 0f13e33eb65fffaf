import type { ServerResponse } from 'node:http';
import type { Interruption } from '@app/mcp-client';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

const REASON = new Error('The client went away.');

/** Aborted when the HTTP client leaves before its answer. Not a whole AbortSignal: there is one for each call. */
class ClientDeparture implements Interruption {
  aborted = false;
  reason: unknown = undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly response: ServerResponse) {
    if (response.destroyed) this.leave();
    else response.on('close', () => this.leave());
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.listeners.indexOf(listener);
    if (at >= 0) this.listeners.splice(at, 1);
  }

  private leave(): void {
    if (this.aborted || this.response.writableFinished) return;
    this.aborted = true;
    this.reason = REASON;
    for (const listener of this.listeners.splice(0)) listener();
  }
}

export const whenClientGoes = ({ raw }: { raw: ServerResponse }): Interruption => new ClientDeparture(raw);

/** The same as an AbortSignal. */
export const ClientGone = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const controller = new AbortController();
  const gone = whenClientGoes(context.switchToHttp().getResponse<{ raw: ServerResponse }>());
  if (gone.aborted) controller.abort(gone.reason);
  else gone.addEventListener('abort', () => controller.abort(gone.reason));
  return controller.signal;
});
