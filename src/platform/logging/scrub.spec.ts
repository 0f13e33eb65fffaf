import { createScrubber } from './scrub.js';

describe('the scrubber', () => {
  const scrub = createScrubber(['p@ss "word" 1', 'S3CRET+/KEY', 'short']);

  it('takes out known secrets as they are, in JSON and in URLs', () => {
    for (const text of ['p@ss "word" 1', JSON.stringify('p@ss "word" 1'), encodeURIComponent('S3CRET+/KEY')]) {
      expect(scrub(`before ${text} after`)).toMatch(/^before "?\[redacted\]"? after$/);
    }
  });

  it('leaves words alone that are too short to be a secret', () => {
    expect(scrub('a short line')).toBe('a short line');
  });

  it.each([
    ['postgres://app:hunter22@db:5432/app', 'hunter22'],
    ['Authorization: Bearer abcdefgh12345678', 'abcdefgh12345678'],
    ['a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz b', 'eyJhbGci'],
    ['/ws/server/mcp_1?token=abc123def&after=1', 'abc123def'],
    ['{"url":"https://host/x?signature=f00ba4"}', 'f00ba4'],
    ['mcp_sk_0123456789abcdefghij', '0123456789'],
  ])('takes out what is secret by its form: %s', (line, secret) => {
    expect(scrub(line)).not.toContain(secret);
    expect(scrub(line)).toContain('[redacted]');
  });

  it('leaves a line without secrets as it is', () => {
    const line = '{"level":"info","route":"/api/v1/servers","requestId":"req_1","msg":"request"}';
    expect(scrub(line)).toBe(line);
  });
});
