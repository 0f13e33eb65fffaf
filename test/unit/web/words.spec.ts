import { Problem } from '../../../web/src/api/problem.js';
import { otpProblem, readCode, requestProblem } from '../../../web/src/auth/otp-copy.js';
import { stateView } from '../../../web/src/console/node-state.js';
import { memoryWords, modelFacts, money, tokens } from '../../../web/src/models/model-words.js';
import { readNode } from '../../../web/src/session/changes.js';
import { ago, bytes, clock, duration, shortType } from '../../../web/src/ui/format.js';
import { node } from './frames.js';

const now = new Date('2026-11-21T22:26:00');
const problem = (status: number, body: Record<string, unknown> = {}, retryAfter?: number) =>
  new Problem(status, 'CODE', 'Title', 'Detail', undefined, retryAfter, body);

describe('words for people', () => {
  test('a code is read with spaces and no more than six digits', () => {
    expect(readCode('482 913')).toBe('482913');
    expect(readCode('code: 4829134')).toBe('482913');
  });

  test('each refusal of a code has its sentence', () => {
    expect(otpProblem(problem(401, { attempts_left: 3 }), now)).toBe('Wrong code. 3 tries left.');
    expect(otpProblem(problem(401, { attempts_left: 1 }), now)).toBe('Wrong code. 1 try left.');
    expect(otpProblem(problem(410), now)).toBe('That code expired. Send a new one.');
    expect(otpProblem(problem(429, {}, 900), now)).toBe('Too many attempts. Try again at 22:41.');
    expect(
      requestProblem(problem(400, { errors: [{ path: '/email', message: 'is not an email address' }] }), now),
    ).toBe('is not an email address');
  });

  test('sizes, durations and times read as a person would write them', () => {
    expect([bytes(12), bytes(1_024), bytes(5_000_000)]).toEqual(['12 B', '1.0 KiB', '4.8 MiB']);
    expect([duration(182), duration(3_200), duration(125_000)]).toEqual(['182 ms', '3.2 s', '2 min 05 s']);
    expect(clock('nonsense')).toBe('--:--:--');
    expect(ago('2026-11-21T22:22:00', now.getTime())).toBe('4 min ago');
    expect(shortType('text/markdown; charset=utf-8')).toBe('markdown');
  });

  test('tokens and dollars are short, and nothing small becomes nothing', () => {
    expect([812, 1_000, 12_345, 999_960, 1_250_000].map(tokens)).toEqual(['812', '1k', '12.3k', '1M', '1.3M']);
    expect([0, 0.00001, 0.0312, 4.5].map(money)).toEqual(['$0', '< $0.0001', '$0.0312', '$4.50']);
    const price = { input: 0.3, output: 2.5 };
    expect(modelFacts({ context_tokens: 1_000_000, price })).toBe('1M tokens · $0.30 in, $2.50 out per million tokens');
    expect(memoryWords({ used: 9_325, total: 400_000, unit: 'tokens' })).toBe('9.3k/400k tokens');
    expect(memoryWords({ used: 12, total: 512, unit: 'MiB' })).toBe('12/512 MiB');
    expect(modelFacts({ context_tokens: 32_768, price: null })).toBe('32.8k tokens · price not known');
  });

  test('each state has a word, an unknown one keeps its own', () => {
    const view = (status: string, more: Record<string, unknown> = {}) =>
      stateView(readNode(node('n', status, [], more)), [], now.getTime()).word;
    expect(view('pending')).toBe('AWAITING YOU');
    expect(view('succeeded', { duration_ms: 182 })).toBe('DONE 182 ms');
    expect(view('approved', { auto_approved_by: 'read-only' })).toBe('AUTO');
    expect(view('skipped', { cause: 'Query users rejected' })).toBe('SKIPPED (Query users rejected)');
    expect(view('teleported')).toBe('unknown: teleported');
    expect(view('toString')).toBe('unknown: toString');
  });
});
