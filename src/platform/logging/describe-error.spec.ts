import { describeError } from './describe-error.js';

describe('an error in the log', () => {
  it('has its name, words, code, frames and causes', () => {
    const cause = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
    const described = describeError(new TypeError('no answer', { cause }));
    expect(described).toMatchObject({
      type: 'TypeError',
      message: 'no answer',
      cause: { message: 'connect refused', fault: 'ECONNREFUSED' },
    });
    expect(described.stack).toMatch(/^\s+at /);
  });

  it('has nothing of what drivers and SDKs hang on theirs', () => {
    const error = Object.assign(new Error('duplicate key'), {
      parameters: ['the-password'],
      detail: 'Key (token)=(the-password) already exists.',
      config: { headers: { authorization: 'the-password' } },
    });
    expect(JSON.stringify(describeError(error))).not.toContain('the-password');
  });

  it('takes what is no error, and ends with causes that go round', () => {
    expect(describeError('thrown words')).toEqual({ type: 'string', message: 'thrown words' });
    const round = new Error('round');
    round.cause = round;
    expect(JSON.stringify(describeError(round)).length).toBeLessThan(20_000);
  });
});
