import { randomUUID } from 'node:crypto';

export interface LargeHintLimits {
  /** How long those who were told of one may take to fetch it. */
  keptMs: number;
  /** Of this process, at a time. */
  maxBytes: number;
}

/** Asks the database on the connection of hints. */
type Ask = <Row extends object>(statement: string, values: unknown[]) => Promise<Row[]>;

/** The texts that NOTIFY does not carry: in a table for a moment, where those who were told of one fetch it. */
export class LargeHints {
  private readonly kept: { untilMs: number; bytes: number }[] = [];
  private bytes = 0;
  private cleaning: NodeJS.Timeout | undefined;

  constructor(
    private readonly ask: Ask,
    private readonly limits: LargeHintLimits,
  ) {}

  /** @returns the id by which it will be kept; undefined where there is no room for it now */
  admit(text: string): string | undefined {
    const now = performance.now();
    while (this.kept[0] && this.kept[0].untilMs < now) this.bytes -= this.kept.shift()?.bytes ?? 0;
    const bytes = Buffer.byteLength(text);
    if (this.bytes + bytes > this.limits.maxBytes) return undefined;
    this.kept.push({ untilMs: now + this.limits.keptMs, bytes });
    this.bytes += bytes;
    return randomUUID();
  }

  async keep(texts: readonly { id: string; text: string }[]): Promise<void> {
    if (texts.length === 0) return;
    await this.ask('insert into large_hints (id, text) select * from unnest($1::text[], $2::text[])', [
      texts.map(({ id }) => id),
      texts.map(({ text }) => text),
    ]);
    this.cleaning ??= setTimeout(() => void this.clean(), this.limits.keptMs).unref();
  }

  /** @returns undefined where it is gone */
  async fetch(id: string): Promise<string | undefined> {
    const [row] = await this.ask<{ text: string }>('select text from large_hints where id = $1', [id]);
    return row?.text;
  }

  stop(): void {
    clearTimeout(this.cleaning);
  }

  /** Of all processes: one that has ended takes nothing away. */
  private async clean(): Promise<void> {
    const left = await this.ask<{ one: number }>(
      `with gone as (delete from large_hints where created_at < now() - $1 * interval '1 millisecond' returning id)
       select 1 as one from large_hints where id not in (select id from gone) limit 1`,
      [this.limits.keptMs],
    ).catch(() => [{ one: 1 }]);
    this.cleaning = left.length > 0 ? setTimeout(() => void this.clean(), this.limits.keptMs).unref() : undefined;
  }
}
