import { createLogger } from '../logging/logger.js';
import { type CarriedHint, type CarrierEvents, HintCarrier } from './hint-carrier.js';
import { Hints } from './hints.js';
import { decodeHint, encodeHint, encodeHintStart } from './wire.js';

/** Between the processes of one test: each hears of the others what it listens to. */
class Wire {
  readonly carriers: WireCarrier[] = [];

  process(): Hints {
    const carrier = new WireCarrier(this);
    this.carriers.push(carrier);
    return new Hints(carrier, createLogger({ level: 'silent', format: 'json' }));
  }
}

class WireCarrier extends HintCarrier {
  readonly isConnected = true;
  readonly isForListeners = true;
  readonly topics: string[] = [];
  events: CarrierEvents | undefined;

  constructor(private readonly wire: Wire) {
    super();
  }

  async start(events: CarrierEvents): Promise<void> {
    this.events = events;
  }

  async stop(): Promise<void> {
    this.events = undefined;
  }

  send(hint: CarriedHint): void {
    const others = this.wire.carriers.filter((other) => other !== this && other.topics.includes(hint.topic));
    for (const { events } of others) events?.onHint(hint);
  }

  listen(topic: string): void {
    this.topics.push(topic);
  }

  unlisten(topic: string): void {
    this.topics.splice(this.topics.indexOf(topic), 1);
  }
}

describe('hints', () => {
  let wire: Wire;
  let here: Hints;
  let there: Hints;
  beforeEach(async () => {
    wire = new Wire();
    [here, there] = [wire.process(), wire.process()];
    await Promise.all([here.start(), there.start()]);
  });

  it('reach who listens, here at once and elsewhere, once each', () => {
    const heard: unknown[] = [];
    here.subscribe('session:1', (data) => heard.push(['here', data]));
    there.subscribe('session:1', (data) => heard.push(['there', data]));
    there.subscribe('session:2', (data) => heard.push(['other', data]));
    here.publish('session:1', { seq: 7 });
    expect(heard).toEqual([
      ['here', { seq: 7 }],
      ['there', { seq: 7 }],
    ]);
  });

  it('are carried for a topic as long as anybody here listens to it', () => {
    const [carrier] = wire.carriers;
    const ends = [1, 2].map(() => here.subscribe('session:1', () => undefined));
    expect(carrier?.topics).toEqual(['session:1']);
    ends[0]?.();
    ends[0]?.();
    expect(carrier?.topics).toEqual(['session:1']);
    ends[1]?.();
    expect(carrier?.topics).toEqual([]);

    // An end that comes again ends nothing of those who came later.
    here.subscribe('session:1', () => undefined);
    ends[1]?.();
    expect(carrier?.topics).toEqual(['session:1']);
  });

  it('let a listener leave, or come, while one is told', () => {
    const heard: string[] = [];
    const leave = here.subscribe('t', () => {
      heard.push('first');
      leave();
      here.subscribe('t', () => heard.push('late'));
    });
    here.subscribe('t', () => heard.push('second'));
    here.publish('t');
    here.publish('t');
    expect(heard).toEqual(['first', 'second', 'second', 'late']);
  });

  it('bear what another process says wrongly', () => {
    const heard: unknown[] = [];
    here.subscribe('t', (data) => heard.push((data as { a: { b: number } }).a.b));
    const events = wire.carriers[0]?.events;
    events?.onHint({ topic: 't', data: null });
    events?.onHint({ topic: 't', data: { a: { b: 1 } } });
    expect(heard).toEqual([1]);
  });

  it('tell of gaps', () => {
    let gaps = 0;
    const stop = here.subscribeToGaps(() => (gaps += 1));
    wire.carriers[0]?.events?.onGap();
    stop();
    wire.carriers[0]?.events?.onGap();
    expect(gaps).toBe(1);
  });
});

describe('a hint on the wire', () => {
  it('comes back as it was, and begins with who says it', () => {
    const text = encodeHint('worker_1', { topic: 'session:1', data: { text: 'ü\u0000"' } });
    expect(decodeHint(text)).toEqual({ from: 'worker_1', topic: 'session:1', data: { text: 'ü\u0000"' } });
    expect(text.startsWith(encodeHintStart('worker_1'))).toBe(true);
    expect(text.startsWith(encodeHintStart('worker_'))).toBe(false);
  });

  it.each([undefined, '', 'no json', 'null', '7', '{}', '{"from":1,"topic":"t"}', '{"from":"a"}'])(
    'is not %s',
    (text) => {
      expect(decodeHint(text)).toBeUndefined();
    },
  );
});
