import { Problem } from '../../../web/src/api/problem.js';
import { otpProblem, readCode, requestProblem } from '../../../web/src/auth/otp-copy.js';
import { stateView } from '../../../web/src/console/node-state.js';
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
