import { UpstreamError } from '@app/mcp-client';
import { Metrics } from '../../platform/metrics/metrics.js';
import type { ServerId } from '../../platform/ids.js';
import { CircuitBreakers } from './circuit-breakers.js';

const ID = 'mcp_1' as ServerId;
const AWAY = new UpstreamError('UPSTREAM_UNREACHABLE', 'It is away.', { requestSent: false });
const REFUSED = new UpstreamError('UPSTREAM_ERROR', 'It does not like it.', { requestSent: true });

function failing(times: number): CircuitBreakers {
  const circuits = new CircuitBreakers(new Metrics());
  for (let time = 0; time < times; time += 1) circuits.leave(ID, 'a', AWAY);
  return circuits;
}

test('opens after five failures one after another, and says for how long', () => {
  expect(failing(4).enter(ID, 'a')).toMatchObject({ allowed: true });
  const circuits = failing(5);
  expect(circuits.stateOf(ID)).toBe('open');
  expect(circuits.enter(ID, 'a')).toEqual({ allowed: false, retryAfterSeconds: 1 });
  const now = new Date();
  const { state, openUntil } = circuits.viewOf(ID, now);
  expect(state).toBe('open');
  expect(openUntil?.getTime()).toBeLessThanOrEqual(now.getTime() + 1_000);
  expect(failing(4).viewOf(ID, now)).toEqual({ state: 'closed', openUntil: null });
});

test('any answer begins the count anew, a call that says nothing of the server does not', () => {
  const circuits = failing(4);
  circuits.leave(ID, 'a', REFUSED);
  circuits.leave(ID, 'a', AWAY);
  expect(circuits.enter(ID, 'a')).toMatchObject({ allowed: true });
  const others = failing(4);
  others.leave(ID, 'a', new UpstreamError('UPSTREAM_CANCELLED', 'Cancelled.', { requestSent: true }));
  others.leave(ID, 'a', AWAY);
  expect(others.stateOf(ID)).toBe('open');
});

test('another address or account begins anew', () => {
  expect(failing(9).enter(ID, 'b')).toMatchObject({ allowed: true });
});

test('of a burst of calls that fail together the first five count: the pause is as long as for these', () => {
  const circuits = failing(64);
  expect(circuits.enter(ID, 'a')).toEqual({ allowed: false, retryAfterSeconds: 1 });
});

describe('after the pause', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }));
  afterEach(() => jest.useRealTimers());

  const paused = () => {
    const circuits = failing(5);
    jest.setSystemTime(1_001);
    jest.advanceTimersByTime(1_001);
    return circuits;
  };

  test('one call goes out to see, and each failure of such a one doubles the pause', () => {
    const circuits = paused();
    expect(circuits.stateOf(ID)).toBe('half_open');
    const probe = circuits.enter(ID, 'a');
    expect(probe).toEqual({ allowed: true, probe: true });
    expect(circuits.enter(ID, 'a')).toMatchObject({ allowed: false });
    circuits.leave(ID, 'a', AWAY, { probe: true });
    expect(circuits.enter(ID, 'a')).toEqual({ allowed: false, retryAfterSeconds: 2 });
  });

  test('only the end of that call lets another one out', () => {
    const circuits = paused();
    circuits.enter(ID, 'a');
    const cancelled = new UpstreamError('UPSTREAM_CANCELLED', 'Cancelled.', { requestSent: true });
    circuits.leave(ID, 'a', cancelled);
    circuits.leave(ID, 'a', AWAY);
    expect(circuits.enter(ID, 'a')).toMatchObject({ allowed: false });
    circuits.leave(ID, 'a', cancelled, { probe: true });
    expect(circuits.enter(ID, 'a')).toEqual({ allowed: true, probe: true });
    circuits.leave(ID, 'a', undefined, { probe: true });
    expect(circuits.stateOf(ID)).toBe('closed');
  });
});

test('a host that does not answer is away, a deadline that passed says nothing', () => {
  const timeout = (detail?: string) =>
    new UpstreamError('UPSTREAM_TIMEOUT', 'Nothing came.', { requestSent: false, ...(detail && { detail }) });
  const away = failing(4);
  away.leave(ID, 'a', timeout('UND_ERR_CONNECT_TIMEOUT'));
  expect(away.stateOf(ID)).toBe('open');
  const slow = failing(4);
  slow.leave(ID, 'a', timeout());
  expect(slow.stateOf(ID)).toBe('closed');
});
