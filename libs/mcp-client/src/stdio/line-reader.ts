/** Lines of UTF-8 from pieces cut anywhere. One that is too long is cut, or makes an end of reading. */
export class LineReader {
  #parts: Buffer[] = [];
  #size = 0;
  #overflown = false;
  readonly #cut: boolean;

  constructor(
    private readonly maxBytes: number,
    { cut = false }: { cut?: boolean } = {},
  ) {
    this.#cut = cut;
  }

  get overflown(): boolean {
    return this.#overflown;
  }

  /** The lines that this piece completes, without what ends them. */
  read(piece: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    while (!this.#overflown) {
      const end = piece.indexOf(10, from);
      this.#keep(piece.subarray(from, end < 0 ? piece.length : end));
      if (end < 0 || this.#overflown) break;
      lines.push(Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, ''));
      this.#parts = [];
      this.#size = 0;
      from = end + 1;
    }
    return lines;
  }

  #keep(part: Buffer): void {
    const room = this.maxBytes - this.#size;
    if (part.length > room && !this.#cut) {
      this.#overflown = true;
      this.#parts = [];
      return;
    }
    const kept = part.subarray(0, Math.max(0, room));
    if (kept.length === 0) return;
    this.#parts.push(kept);
    this.#size += kept.length;
  }
}
