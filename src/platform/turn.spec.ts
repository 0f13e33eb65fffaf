import { endOfTurn } from './turn.js';

describe('the end of a turn', () => {
  it('comes once the event loop has done what it found to do', async () => {
    const order: string[] = [];
    const ended = endOfTurn().then(() => order.push('the end'));
    await Promise.resolve().then(() => order.push('at once'));
    process.nextTick(() => order.push('in this turn'));
    await ended;
    expect(order).toEqual(['at once', 'in this turn', 'the end']);
  });

  it('is the same for a few, and does not make many wait', async () => {
    const few = Array.from({ length: 4 }, () => endOfTurn());
    expect(new Set(few).size).toBe(1);
    let isOver = false;
    setImmediate(() => (isOver = true));
    await few[0];
    expect(isOver).toBe(false);
    expect(endOfTurn()).not.toBe(few[0]);
  });
});
