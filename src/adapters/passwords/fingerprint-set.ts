/** Looked up once: it is called for each letter of a long list. */
const { imul } = Math;

/** 53 bits of a text (cyrb53): fits a number. Not for secrets that somebody could look at: only to find texts again. */
export function fingerprint(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = imul(high ^ unit, 2_654_435_761);
    low = imul(low ^ unit, 1_597_334_677);
  }
  high = imul(high ^ (high >>> 16), 2_246_822_507) ^ imul(low ^ (low >>> 13), 3_266_489_909);
  low = imul(low ^ (low >>> 16), 2_246_822_507) ^ imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}

/** Whether a text is one of very many: eight bytes each, a tenth of a set of strings. */
export class FingerprintSet {
  private readonly sorted: Float64Array;

  constructor(fingerprints: readonly number[]) {
    this.sorted = Float64Array.from(fingerprints).sort();
  }

  get size(): number {
    return this.sorted.length;
  }

  has(text: string): boolean {
    const wanted = fingerprint(text);
    let from = 0;
    let to = this.sorted.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.sorted[middle] ?? 0) < wanted) from = middle + 1;
      else to = middle;
    }
    return this.sorted[from] === wanted;
  }
}
