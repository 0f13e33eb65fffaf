import { ScopedSignal } from '../../../platform/scoped-signal.js';
import { timedOut } from './failures.js';
import { type Prompt, type StreamedReply, type VendorWire } from './vendor-wire.js';

export interface Patience {
  /** Milliseconds without an event after which an attempt is given up; the first may take longer (thinking). */
  firstChunkMs: number;
  idleMs: number;
}

interface AttemptOptions {
  signal: AbortSignal;
  onDelta: (delta: string) => void;
  /** The vendor has accepted the request; from now on a broken connection is a cut answer. */
  onBegin: () => void;
}

/**
 * One request, streamed to its end.
 * @throws the signal's reason when aborted; ModelFailure for silence, refusal and a missing end; else what the wire throws
 */
export async function attempt<Message, Event>(
  wire: VendorWire<Message, Event>,
  prompt: Prompt<Message>,
  { firstChunkMs, idleMs }: Patience,
  { signal, onDelta, onBegin }: AttemptOptions,
): Promise<StreamedReply<Message>> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), firstChunkMs);
  const reader = wire.reader(onDelta);
  const scoped = new ScopedSignal([signal, silence.signal]);
  try {
    const stream = await wire.open(prompt, scoped.signal);
    onBegin();
    for await (const event of stream) {
      clearTimeout(timer);
      signal.throwIfAborted();
      reader.read(event);
      timer = setTimeout(() => silence.abort(), idleMs);
    }
    // Some SDKs end the stream in silence when it is aborted.
    signal.throwIfAborted();
    if (silence.signal.aborted) throw timedOut(wire.words);
  } catch (error) {
    signal.throwIfAborted();
    if (silence.signal.aborted) throw timedOut(wire.words);
    throw error;
  } finally {
    clearTimeout(timer);
    // SDKs only let go of the body; without this an abandoned answer would keep its connection.
    silence.abort();
    scoped.end();
  }
  return reader.end();
}
