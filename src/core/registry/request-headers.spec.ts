import { findRequestHeaderProblem, toSentHeaders } from './request-headers.js';

test.each(['User-Agent', 'Accept', 'X-Team', 'accept-language'])('%s may go with every request', (name) =>
  expect(findRequestHeaderProblem(name, 'MCP-Client/1.0')).toBeUndefined(),
);

test.each(['Host', 'Connection', 'TE', 'Content-Length', 'Mcp-Session-Id', 'Forwarded', 'X-Forwarded-For', 'a b', ''])(
  '%j is the business of the connection',
  (name) => expect(findRequestHeaderProblem(name, 'x')).toBeDefined(),
);

test.each(['Authorization', 'Cookie', 'X-API-Key', 'x-auth-token'])('%s is for credentials', (name) =>
  expect(findRequestHeaderProblem(name, 'x')).toBeDefined(),
);

test.each(['a\r\nb', 'é', 'x'.repeat(1_025)])('a value may not be %j', (value) =>
  expect(findRequestHeaderProblem('X-Team', value)).toBeDefined(),
);

test('what a request accepts it says by itself', () => {
  expect(toSentHeaders({ 'User-Agent': 'a', Accept: 'application/json' })).toEqual({ 'User-Agent': 'a' });
});
