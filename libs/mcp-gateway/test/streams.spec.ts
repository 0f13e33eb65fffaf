import { Pulse } from '@app/soon';
import { LIMITS } from '../src/index.js';
import type { Pieces } from '../src/json/pieces.js';
import type { Sink } from '../src/sse/response-sink.js';
import { Streams } from '../src/sse/streams.js';

class RecordingSink implements Sink {
  frames: string[] = [];
  ended = false;

  write(frame: Pieces): void {
    this.frames.push(frame.join(''));
  }

  keepAlive(): void {}

  end(): void {
    this.ended = true;
  }
}

describe('the streams of a process', () => {
  const streamsWith = (limits: Partial<typeof LIMITS>) => new Streams('n', { ...LIMITS, ...limits }, new Pulse(1000));
  const nobody = () => {};
  const now = Date.now();

  test('keep what was not seen, and drop what was', () => {
    const stream = streamsWith({}).open('request', 's', nobody);
    for (const message of ['1', '2', '3']) stream.send([message]);
    const sink = new RecordingSink();
    stream.attach(sink, 2);
    expect(sink.frames).toEqual(['id: n_r1_3\ndata: 3\n\n']);
    expect([stream.holds(1), stream.holds(2)]).toEqual([false, true]);
  });

  test('go to one reader at a time: the last that came', () => {
    const stream = streamsWith({}).open('request', 's', nobody);
    const [first, second] = [new RecordingSink(), new RecordingSink()];
    stream.attach(first);
    stream.attach(second);
    stream.detach(first);
    stream.send(['1']);
    expect([first.ended, first.frames.length, second.frames.length]).toEqual([true, 0, 1]);
    expect(stream.unreadSince).toBeUndefined();
  });

  test('make room before their time when room is scarce, those that have ended first', () => {
    const streams = streamsWith({ maxKeptBytesOfAll: 100 });
    const abandoned: string[] = [];
    const [ended, running] = ['ended', 'running'].map((name) =>
      streams.open('request', 's', () => void abandoned.push(name)),
    );
    ended?.finish(['x'.repeat(75)]);
    running?.detach(undefined);
    streams.age(now);
    expect(abandoned).toEqual(['ended']);
    streams.age(now + LIMITS.keepStreamMs + 60_000);
    expect(abandoned).toEqual(['ended', 'running']);
    expect(streams.size).toBe(0);
  });

  test('that were forgotten keep nothing of what is still said', () => {
    const streams = streamsWith({});
    const stream = streams.open('request', 's', nobody);
    streams.drop(stream);
    stream.send(['late']);
    stream.finish(['later']);
    expect([stream.holds(0), streams.find(stream.id, 's')]).toEqual([true, undefined]);
  });
});
