import fc from 'fast-check';
import { Outbox } from './outbox.js';

const LIMITS = { count: 3, bytes: 10, batch: 2 };
const item = (text: string) => ({ text });
const open = () => true;

describe('an outbox', () => {
  it('holds so many, and so much, and no more', () => {
    const outbox = new Outbox(LIMITS, async () => undefined, fail);
    expect([outbox.add(item('12345')), outbox.add(item('123456')), outbox.add(item('12345'))]).toEqual([
      true,
      false,
      true,
    ]);
    expect(outbox.add(item('1'))).toBe(false);
    outbox.clear();
    expect(['', '', '', ''].map((text) => outbox.add(item(text)))).toEqual([true, true, true, false]);
  });

  it('has room again for what was sent', async () => {
    const outbox = new Outbox(LIMITS, async () => undefined, fail);
    for (let turn = 0; turn < 20; turn += 1) {
      expect(outbox.add(item('1234567890'))).toBe(true);
      await outbox.flush(open);
    }
  });

  it('sends one batch at a time, also what comes while one is under way', async () => {
    const sent: string[][] = [];
    let underWay = 0;
    const outbox: Outbox<{ text: string }> = new Outbox(
      LIMITS,
      async (batch) => {
        underWay += 1;
        expect(underWay).toBe(1);
        sent.push(batch.map(({ text }) => text));
        if (sent.length === 1) outbox.add(item('d'));
        await Promise.resolve();
        underWay -= 1;
      },
      fail,
    );
    for (const text of ['a', 'b', 'c']) outbox.add(item(text));
    await Promise.all([outbox.flush(open), outbox.flush(open)]);
    expect(sent).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('loses the batch that could not be sent, and goes on with the next', async () => {
    const sent: string[] = [];
    const lost: string[] = [];
    const outbox = new Outbox(
      LIMITS,
      async (batch) => {
        if (batch.some(({ text }) => text === 'a')) throw new Error('away');
        sent.push(...batch.map(({ text }) => text));
      },
      ({ message }) => lost.push(message),
    );
    for (const text of ['a', 'b', 'c']) outbox.add(item(text));
    await outbox.flush(open);
    expect({ sent, lost }).toEqual({ sent: ['c'], lost: ['away'] });
  });

  it('keeps what it has while nobody takes it', async () => {
    const sent: string[] = [];
    const outbox = new Outbox(LIMITS, async (batch) => void sent.push(...batch.map(({ text }) => text)), fail);
    outbox.add(item('a'));
    await outbox.flush(() => false);
    expect(sent).toEqual([]);
    await outbox.flush(open);
    expect(sent).toEqual(['a']);
  });

  it('sends in order whatever is added, each once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 4 })), async (texts) => {
        const accepted: string[] = [];
        const sent: string[] = [];
        const outbox = new Outbox(LIMITS, async (batch) => void sent.push(...batch.map(({ text }) => text)), fail);
        for (const text of texts) {
          if (outbox.add(item(text))) accepted.push(text);
          else await outbox.flush(open);
        }
        await outbox.flush(open);
        expect(sent).toEqual(accepted);
      }),
    );
  });
});

function fail(error: Error): never {
  throw error;
}
