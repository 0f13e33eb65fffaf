/** A frame as it came off the wire: of a known type or not, nothing in `payload` is trusted yet. */
export interface WireFrame {
  type: string;
  payload: unknown;
  id: string;
  ts: string;
  /** Only on durable frames; gapless within the session, from 1. */
  seq?: number;
}

/** Undefined when the text is not a frame at all. */
export function readFrame(text: string): WireFrame | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  return toFrame(raw);
}

export function toFrame(raw: unknown): WireFrame | undefined {
  if (!isRecord(raw) || typeof raw.type !== 'string') return undefined;
  const seq = typeof raw.seq === 'number' && Number.isSafeInteger(raw.seq) ? raw.seq : undefined;
  return {
    type: raw.type,
    payload: raw.payload ?? {},
    id: typeof raw.id === 'string' ? raw.id : '',
    ts: typeof raw.ts === 'string' ? raw.ts : '',
    ...(seq === undefined ? {} : { seq }),
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
