import { readNode } from '../../../web/src/session/changes.js';
import {
  canRetry,
  dependants,
  mayFork,
  ordered,
  planFault,
  riskGroup,
  waitsOn,
} from '../../../web/src/session/plan-rules.js';
import { emptySession, type TranscriptItem } from '../../../web/src/session/state.js';
import { node } from './frames.js';

const nodes = (...all: ReturnType<typeof node>[]) => all.map(readNode);
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

describe('rules of a plan', () => {
  test('predecessors come first, otherwise the order is kept', () => {
    expect(ids(ordered(nodes(node('c', 'pending', ['a', 'b']), node('a', 'pending'), node('b', 'pending'))))).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  test('a missing predecessor and a cycle are named', () => {
    expect(planFault(nodes(node('node3', 'pending', ['node9'])))).toBe(
      'Plan is invalid: node3 depends on unknown node9',
    );
    expect(planFault(nodes(node('a', 'pending', ['b']), node('b', 'pending', ['a'])))).toContain('a, b');
    expect(planFault(nodes(node('a', 'pending'), node('b', 'pending', ['a'])))).toBeUndefined();
  });

  test('everything behind a rejected node is counted, however far', () => {
    const all = nodes(
      node('a', 'pending'),
      node('b', 'blocked', ['a']),
      node('c', 'blocked', ['b']),
      node('d', 'pending'),
    );
    expect(ids(dependants(all, 'a'))).toEqual(['b', 'c']);
  });

  test('a node waits on what has not succeeded', () => {
    const all = nodes(node('a', 'succeeded'), node('b', 'running'), node('c', 'blocked', ['a', 'b']));
    const [, , last] = all;
    expect(last && waitsOn(all, last)).toBe(1);
  });

  test('a tool that says nothing of itself is taken to write', () => {
    expect(riskGroup(readNode({ id: 'x' }))).toBe('writes');
    expect(riskGroup(readNode({ id: 'x', risk: { read_only: true } }))).toBe('read-only');
    expect(riskGroup(readNode({ id: 'x', risk: { read_only: true, destructive: true } }))).toBe('destructive');
  });

  test('a session forks from a message whose turn has ended', () => {
    const message = (turn_id?: string) => ({
      kind: 'message' as const,
      key: 'm',
      ts: '',
      message_id: 'm',
      sender: 'USER' as const,
      text: '',
      streaming: false,
      ...(turn_id === undefined ? {} : { turn_id }),
    });
    const session = {
      ...emptySession('s'),
      turn: { turn_id: 'now', status: 'waiting' as const, since: '' },
      queued_turns: [{ turn_id: 'next', text: '' }],
    };
    const may = ['before', 'now', 'next', undefined].map((turn) => mayFork(session, message(turn)));
    expect(may).toEqual([true, false, false, true]);
    expect(mayFork(session, { ...message('before'), streaming: true })).toBe(false);
  });

  test('a failed turn can be answered again until something else happens', () => {
    const at = { ts: '' };
    const error: TranscriptItem = {
      ...at,
      kind: 'error',
      key: 'e',
      error: { code: 'X', message: '', retryable: true },
    };
    const end: TranscriptItem = { ...at, kind: 'turn_end', key: 't', turn_id: 't', outcome: 'failed', notStarted: 0 };
    const model: TranscriptItem = { ...at, kind: 'model', key: 'm', name: 'another' };
    const artifact: TranscriptItem = { ...at, kind: 'artifact', key: 'a', artifact_id: 'a' };
    expect(canRetry({ items: [artifact, error, end, model], turn: null }, error)).toBe(true);
    expect(canRetry({ items: [error, end, artifact], turn: null }, error)).toBe(false);
    const turn = { turn_id: 't', status: 'running', since: '' } as const;
    expect(canRetry({ items: [error, end], turn }, error)).toBe(false);
  });
});
