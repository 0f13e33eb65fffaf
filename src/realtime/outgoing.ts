import type { DurableFrame, ServerFrame } from '@app/session-protocol';

/** What engine.io is given: the packet for long polling, and the same as a whole WebSocket frame. */
export interface EnginePacket {
  data: string;
  frame: Buffer;
}

/** A frame on its way to one client or to a thousand: what goes over each carrier is made once. */
export class Outgoing {
  private raw: Buffer | undefined;
  private engine: EnginePacket | undefined;
  private namespace: string | undefined;

  constructor(readonly frame: ServerFrame) {}

  /** The frame as JSON in a whole WebSocket frame. */
  toWebSocket(): Buffer {
    return (this.raw ??= textFrame(JSON.stringify(this.frame)));
  }

  /** `emit(type, payload, envelope)` as a packet of the socket.io protocol, version 5. */
  toSocketIo(namespace: string): EnginePacket {
    // All clients of a session are in the namespace of its server.
    if (this.engine && this.namespace === namespace) return this.engine;
    const { type, payload, ...envelope } = this.frame;
    const data = `2${namespace},${JSON.stringify([type, payload, envelope])}`;
    this.namespace = namespace;
    // 4 is a message to engine.io.
    return (this.engine = { data, frame: textFrame(`4${data}`) });
  }
}

/** Of this turn of the event loop: kept longer, each small buffer would hold the slab that it was cut from. */
const encoded = new Map<DurableFrame, Outgoing>();

/** The same for all who are sent the same frame at once. */
export function outgoingOf(frame: DurableFrame): Outgoing {
  const known = encoded.get(frame);
  if (known) return known;
  if (encoded.size === 0) setImmediate(() => encoded.clear());
  const made = new Outgoing(frame);
  encoded.set(frame, made);
  return made;
}

/** One unmasked text frame (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x81;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, start, 'utf8');
  return frame;
}
