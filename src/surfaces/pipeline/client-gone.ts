import type { ServerResponse } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** An AbortSignal, aborted when the HTTP client leaves before its answer. */
export function clientGone({ raw }: { raw: ServerResponse }): AbortSignal {
  const controller = new AbortController();
  const leave = () => {
    if (!raw.writableFinished) controller.abort(new Error('The client went away.'));
  };
  if (raw.destroyed) leave();
  else raw.once('close', leave);
  return controller.signal;
}

export const ClientGone = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal =>
  clientGone(context.switchToHttp().getResponse<{ raw: ServerResponse }>()),
);
