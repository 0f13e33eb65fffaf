import { startWebhookReceiver, type WebhookReceiver } from '../webhook-receiver.js';
import type { PersonApi } from './api.js';
import { until } from './until.js';

interface Payload {
  type: string;
  data: { approval_id: string };
}

/** A delivery that died with its process is left alone for as long as it may have taken. */
const WITHIN_MS = 60_000;

/** An endpoint outside that is told of approvals, and outlives the product. */
export class ToldEvents {
  private waiting = 0;
  /** By the id of the event, each answered with 2xx. */
  private readonly taken = new Map<string, string>();
  /** Ids of events that had come before, and were not answered then. */
  private readonly unanswered = new Set<string>();

  private constructor(
    private readonly receiver: WebhookReceiver,
    private readonly types: readonly string[],
  ) {
    this.goOn();
  }

  static async follow(person: PersonApi, types: readonly string[]): Promise<ToldEvents> {
    const receiver = await startWebhookReceiver();
    await person.call('POST', '/api/v1/webhooks', { url: receiver.url, events: types });
    return new ToldEvents(receiver, types);
  }

  /** Events that came and wait for an answer. */
  get hanging(): number {
    return this.waiting;
  }

  /** From now on nothing is answered. */
  hang(): void {
    this.receiver.answer((_response, nth) => {
      this.waiting += 1;
      this.unanswered.add(this.idOf(nth));
    });
  }

  goOn(): void {
    this.waiting = 0;
    this.receiver.answer((response, nth) => {
      this.taken.set(this.idOf(nth), this.receiver.received[nth - 1]?.body ?? '');
      response.writeHead(204).end();
    });
  }

  /** Once all events of these approvals were taken. @throws when one is lost, or one event has two bodies */
  async complete(approvalIds: readonly string[]): Promise<{ events: number; again: number }> {
    const wanted = approvalIds.flatMap((id) => this.types.map((type) => `${type} ${id}`));
    const missing = () => {
      const told = new Set([...this.taken.values()].map(read));
      return wanted.filter((one) => !told.has(one));
    };
    await until(
      'all was told',
      () => missing().length === 0,
      WITHIN_MS,
      () => missing().slice(0, 5).join(', '),
    );
    await until('what hung came again', () => [...this.unanswered].every((id) => this.taken.has(id)), WITHIN_MS);
    const ids = new Map<string, string>();
    for (const [nth, { body }] of this.receiver.received.entries()) {
      const id = this.idOf(nth + 1);
      // Under one id the same is told each time, and the same thing has one id.
      expect(body).toBe((ids.has(id) ? ids.get(id) : body) ?? '');
      ids.set(id, body);
    }
    const things = [...ids.values()].map(read);
    expect(things).toHaveLength(new Set(things).size);
    return { events: ids.size, again: this.unanswered.size };
  }

  async close(): Promise<void> {
    await this.receiver.close();
  }

  private idOf(nth: number): string {
    return String(this.receiver.received[nth - 1]?.headers['webhook-id']);
  }
}

function read(body: string): string {
  const { type, data } = JSON.parse(body) as Payload;
  return `${type} ${data.approval_id}`;
}
