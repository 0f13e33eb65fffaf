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
  expect(failing(4).enter(ID, 'a')).toEqual({ allowed: true });
  const circuits = failing(5);
  expect(circuits.stateOf(ID)).toBe('open');
  expect(circuits.enter(ID, 'a')).toEqual({ allowed: false, retryAfterSeconds: 1 });
});

test('any answer begins the count anew, a call that says nothing of the server does not', () => {
  const circuits = failing(4);
  circuits.leave(ID, 'a', REFUSED);
  circuits.leave(ID, 'a', AWAY);
  expect(circuits.enter(ID, 'a')).toEqual({ allowed: true });
  const others = failing(4);
  others.leave(ID, 'a', new UpstreamError('UPSTREAM_CANCELLED', 'Cancelled.', { requestSent: true }));
  others.leave(ID, 'a', AWAY);
  expect(others.stateOf(ID)).toBe('open');
});

test('another address or account begins anew', () => {
  expect(failing(9).enter(ID, 'b')).toEqual({ allowed: true });
});
