const LEAST_BYTES = 16 * 1024;
/** More is not kept for the next texts. */
const MOST_SPARE_BYTES = 2 * 1024 * 1024;
/** Of UTF-8 for one unit of UTF-16. */
const MOST_BYTES_EACH = 3;

/**
 * Texts one behind another, as UTF-8 outside the heap: what waits to be written, thousands of texts at a time, is nothing
 * that the collector of garbage has to look at and to move.
 */
export class ByteBatch {
  private bytes: Buffer | undefined;
  private spare: Buffer | undefined;
  private used = 0;

  /** In bytes. */
  get size(): number {
    return this.used;
  }

  add(text: string): void {
    const bytes = this.roomFor(text.length * MOST_BYTES_EACH);
    this.used += bytes.write(text, this.used);
  }

  /** All of it; the batch is empty then. */
  take(): Buffer {
    const taken = this.bytes?.subarray(0, this.used) ?? Buffer.alloc(0);
    this.bytes = undefined;
    this.used = 0;
    return taken;
  }

  /** What was taken, or the rest of it, is not needed any more: the next texts go there. */
  giveBack({ buffer }: Buffer): void {
    if (buffer.byteLength >= LEAST_BYTES && buffer.byteLength <= MOST_SPARE_BYTES) this.spare = Buffer.from(buffer);
  }

  private roomFor(more: number): Buffer {
    const before = this.bytes ?? this.takeSpare();
    if (before && before.length - this.used >= more) return (this.bytes = before);
    const size = Math.max(LEAST_BYTES, (before?.length ?? 0) * 2, this.used + more);
    const bytes = Buffer.allocUnsafeSlow(size);
    before?.copy(bytes, 0, 0, this.used);
    return (this.bytes = bytes);
  }

  private takeSpare(): Buffer | undefined {
    const { spare } = this;
    this.spare = undefined;
    return spare;
  }
}
