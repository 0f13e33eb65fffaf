import { Problem } from '../api/problem.js';
import { plural } from '../ui/format.js';

/** The digits in what was typed or pasted, `482 913` included; at most six. */
export function readCode(text: string): string {
  return text.replace(/\D/g, '').slice(0, 6);
}

function at(seconds: number, now: Date): string {
  const then = new Date(now.getTime() + seconds * 1_000);
  return `${String(then.getHours()).padStart(2, '0')}:${String(then.getMinutes()).padStart(2, '0')}`;
}

export function requestProblem(error: unknown, now: Date): string {
  if (!(error instanceof Problem)) return 'The code was not sent. Try again.';
  if (error.status === 400) return error.fields.email ?? (error.detail || 'This is not an email address.');
  if (error.status === 429) return waitText(error, now);
  return error.detail || error.title;
}

export function otpProblem(error: unknown, now: Date): string {
  if (!(error instanceof Problem)) return 'The code was not checked. Try again.';
  const left = error.body.attempts_left;
  switch (error.status) {
    case 400:
      return 'A code has six digits.';
    case 401:
      return typeof left === 'number' ? `Wrong code. ${plural(left, 'try', 'tries')} left.` : 'Wrong code.';
    case 410:
      return 'That code expired. Send a new one.';
    case 429:
      return waitText(error, now);
    default:
      return error.detail || error.title;
  }
}

export function passwordProblem(error: unknown, now: Date): string {
  if (!(error instanceof Problem)) return 'The password was not checked. Try again.';
  if (error.status === 401) return 'Wrong email or password.';
  if (error.status === 429) return waitText(error, now);
  return error.fields.email ?? error.fields.password ?? (error.detail || error.title);
}

function waitText(error: Problem, now: Date): string {
  if (error.retryAfter === undefined) return 'Too many attempts. Try again later.';
  if (error.retryAfter < 60) return `Too many attempts. Try again in ${error.retryAfter} s.`;
  return `Too many attempts. Try again at ${at(error.retryAfter, now)}.`;
}
