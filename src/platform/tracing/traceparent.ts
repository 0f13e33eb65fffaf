export interface SpanAddress {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

/** W3C Trace Context, 3.2: `00-<32 hex>-<16 hex>-<2 hex>`; later versions may add fields. Zeros are no ids. */
const FORM = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Undefined for what is no `traceparent`: who sends one wrong starts a trace anew. */
export function readTraceparent(text: string | undefined): SpanAddress | undefined {
  const [, version = '', traceId = '', spanId = '', flags = '', more] = FORM.exec(text ?? '') ?? [];
  if (traceId === '' || (version === '00' && more !== undefined)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export const writeTraceparent = ({ traceId, spanId, sampled }: SpanAddress): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
