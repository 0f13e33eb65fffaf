import { redact } from './redact.js';

describe('fields of a log line', () => {
  it.each([
    [{ token: 't' }, { token: '[redacted]' }],
    [{ headers: { authorization: 'a', host: 'h' } }, { headers: { authorization: '[redacted]', host: 'h' } }],
    [{ a: { b: { password: 'p' } } }, { a: { b: { password: '[redacted]' } } }],
    [{ list: [{ code: '123456' }] }, { list: [{ code: '[redacted]' }] }],
    [{ credentials: { key: 'k' } }, { credentials: '[redacted]' }],
  ])('hold no value of a name that stands for a secret: %j', (fields, told) => {
    expect(redact(fields)).toEqual(told);
  });

  it('are what they were where there is nothing to hide, and never changed', () => {
    const fields = { requestId: 'req_1', status: 200, userId: undefined, err: new Error('x'), at: { a: [1] } };
    expect(redact(fields)).toEqual(fields);
    const secret = { cookie: 'c', inner: { ticket: 't' } };
    redact(secret);
    expect(secret).toEqual({ cookie: 'c', inner: { ticket: 't' } });
  });
});
