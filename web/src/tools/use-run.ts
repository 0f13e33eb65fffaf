import { useEffect, useRef, useState } from 'react';
import { approvalsChanged } from '../api/approval-queries.js';
import type { CallReply } from '../api/tool-types.js';
import { runCall, type CallProgress, type CallWish } from './run-call.js';

const MAX_LINES = 200;

export interface Run {
  state: 'idle' | 'running' | 'done' | 'failed' | 'stopped';
  started: number;
  progress: CallProgress | undefined;
  lines: string[];
  reply: CallReply | undefined;
  error: unknown;
}

const IDLE: Run = { state: 'idle', started: 0, progress: undefined, lines: [], reply: undefined, error: undefined };

/** One call at a time, with what is heard of it. Leaving the page stops it, as its answer would have nowhere to go. */
export function useRun(serverId: string, tool: string) {
  const [run, setRun] = useState<Run>(IDLE);
  const going = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => going.current?.abort(), []);

  const start = async (wish: CallWish): Promise<CallReply | undefined> => {
    const stopper = new AbortController();
    going.current = stopper;
    setRun({ ...IDLE, state: 'running', started: Date.now() });
    const change = (part: (now: Run) => Partial<Run>) => {
      if (going.current === stopper) setRun((now) => ({ ...now, ...part(now) }));
    };
    try {
      const reply = await runCall(serverId, tool, wish, {
        signal: stopper.signal,
        onProgress: (progress) => change(() => ({ progress })),
        onLog: (line) => change(({ lines }) => ({ lines: [...lines, line].slice(-MAX_LINES) })),
      });
      change(() => ({ state: 'done', reply }));
      if (reply.status === 'approval_required') approvalsChanged();
      return reply;
    } catch (error) {
      change(() => (stopper.signal.aborted ? { state: 'stopped' } : { state: 'failed', error }));
      return undefined;
    }
  };
  return { ...run, start, stop: () => going.current?.abort() };
}
