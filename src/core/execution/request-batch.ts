import type { ByteBatch } from '../../platform/byte-batch.js';

/** Rows that are written together, as a JSON array. */
export class RequestBatch {
  /** Where each row ends. */
  private readonly ends: number[] = [];
  /** Rows that may be told twice: one statement may not write a row twice. */
  private readonly repeatable = new Set<string>();

  /** @param bytes that nobody else adds to until it is sealed */
  constructor(private readonly bytes: ByteBatch) {}

  get rows(): number {
    return this.ends.length;
  }

  get size(): number {
    return this.bytes.size;
  }

  has(id: string): boolean {
    return this.repeatable.size > 0 && this.repeatable.has(id);
  }

  /** @param id of a row of which there may be a later one */
  add(text: string, id?: string): void {
    this.bytes.add(this.rows === 0 ? '[' : ',');
    this.bytes.add(text);
    this.ends.push(this.bytes.size);
    if (id !== undefined) this.repeatable.add(id);
  }

  /** Once, when nothing more is added. */
  seal(): SealedBatch {
    if (this.rows > 0) this.bytes.add(']');
    return new SealedBatch(this.bytes.take(), this.ends);
  }
}

export class SealedBatch {
  constructor(
    readonly json: Buffer,
    private readonly ends: readonly number[],
  ) {}

  get rows(): number {
    return this.ends.length;
  }

  /** A batch for each row. */
  *each(): Generator<Buffer> {
    let from = 1;
    for (const end of this.ends) {
      yield Buffer.concat([Buffer.from('['), this.json.subarray(from, end), Buffer.from(']')]);
      from = end + 1;
    }
  }
}
