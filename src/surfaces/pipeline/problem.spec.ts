import { AppError } from '../../platform/errors/app-error.js';
import { toProblem } from './problem.js';

describe('a problem', () => {
  test('carries the details as members in snake_case, and they replace none of its own', () => {
    const error = new AppError('invalid', 'CONNECTION_FAILED', 'No answer.', {
      details: { checks: [{ name: 'tls', durationMs: 3 }], status: 200, code: 'OTHER' },
    });
    const { status, body } = toProblem(error, { requestId: 'req_1' });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      status: 400,
      code: 'CONNECTION_FAILED',
      type: 'urn:switchyard:error:connection_failed',
      checks: [{ name: 'tls', duration_ms: 3 }],
      retryable: false,
    });
  });

  test('says when to come again', () => {
    const error = new AppError('unavailable', 'DATABASE_UNAVAILABLE', 'Away.', { retryAfterSeconds: 2 });
    const { status, headers, body } = toProblem(error, { requestId: 'req_1' });
    expect([status, headers['retry-after'], body]).toMatchObject([503, '2', { retryable: true, retry_after: 2 }]);
  });
});
