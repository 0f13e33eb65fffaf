import { isRecord } from '@app/session-protocol/client';
import { Problem } from '../api/problem.js';
import { openStream, readEvents } from '../api/stream.js';
import type { CallReply } from '../api/tool-types.js';
import { logLine } from './log-line.js';
import { toolPath } from './tool-words.js';

export interface CallWish {
  arguments: Record<string, unknown>;
  /** Seconds. */
  timeout?: number;
  dry_run?: boolean;
}

export interface CallProgress {
  progress: number;
  total?: number;
  message?: string;
}

interface Watching {
  signal: AbortSignal;
  onProgress: (progress: CallProgress) => void;
  onLog: (line: string) => void;
}

/** Calls a tool and tells what is heard meanwhile. Aborting ends the call at the server, too. @throws Problem */
export async function runCall(serverId: string, tool: string, wish: CallWish, watching: Watching): Promise<CallReply> {
  const { signal } = watching;
  const response = await openStream('POST', `${toolPath(serverId, tool)}/call`, { body: wish, signal });
  if (!(response.headers.get('content-type') ?? '').includes('event-stream'))
    return (await response.json()) as CallReply;
  let reply: CallReply | undefined;
  await readEvents(response, signal, ({ event, data }) => {
    if (!isRecord(data)) return;
    if (event === 'result') reply = data as unknown as CallReply;
    else if (event === 'progress' && typeof data.progress === 'number')
      watching.onProgress(data as unknown as CallProgress);
    else if (event === 'log') watching.onLog(logLine(data));
    else if (event === 'error') throw problemIn(data);
  });
  if (reply === undefined) {
    throw new Problem(
      0,
      'STREAM_ENDED',
      'The answer broke off',
      'Whether the tool ran is in the log.',
      undefined,
      undefined,
      {},
    );
  }
  return reply;
}

function problemIn(data: Record<string, unknown>): Problem {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const id = text(data.request_id) || undefined;
  const status = typeof data.status === 'number' ? data.status : 500;
  return new Problem(
    status,
    text(data.code),
    text(data.title),
    text(data.detail) || text(data.message),
    id,
    undefined,
    data,
  );
}
