import type { CommandPayload, Decision } from '@app/session-protocol';
import { connectSession, isRecord, newId, type SessionClient, type WireFrame } from '@app/session-protocol/client';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { FrameBatch } from './frame-batch.js';
import { type Link, toLink } from './link.js';
import { MAX_QUEUED, readOutbox, writeOutbox, type Queued } from './outbox.js';
import { currentPlan } from './plan-rules.js';
import { reduce } from './reducer.js';
import { emptySession, type SessionState } from './state.js';
import { getTicket } from './ticket.js';

/** A decision on its way: the button says so until the server echoes it. */
export interface Deciding {
  decision: Decision;
  frame_id: string;
}

export interface LiveState {
  session: SessionState;
  link: Link;
  outbox: Queued[];
  deciding: Record<string, Deciding>;
  /** The last refusal, by node. */
  refused: Record<string, string>;
}

const DECISION_DEADLINE_MS = 15_000;

type NodeCommand = 'approve_task' | 'reject_task' | 'edit_task' | 'retry_task' | 'resolve_task';
const DECISION_OF: Record<NodeCommand, Decision> = {
  approve_task: 'approve',
  reject_task: 'reject',
  edit_task: 'edit',
  retry_task: 'retry',
  resolve_task: 'resolve',
};

/** One open session: the state that frames make, the line they come by, and what is still to be sent. */
export class LiveSession {
  readonly store: StoreApi<LiveState>;
  private readonly batch = new FrameBatch<WireFrame>((frames) => this.take(frames));
  private client: SessionClient | undefined;

  constructor(
    readonly serverId: string,
    readonly sessionId: string,
  ) {
    this.store = createStore<LiveState>(() => ({
      session: { ...emptySession(sessionId), server_id: serverId },
      link: { state: 'connecting', attempt: 0 },
      outbox: readOutbox(sessionId),
      deciding: {},
      refused: {},
    }));
  }

  get state(): LiveState {
    return this.store.getState();
  }

  get connected(): boolean {
    return this.state.link.state === 'online' || this.state.link.state === 'slow';
  }

  start(): void {
    const { serverId, sessionId } = this;
    const client = connectSession({
      serverId,
      session: sessionId,
      after: this.state.session.last_seq,
      ticket: getTicket,
    });
    this.client = client;
    client.onFrame((frame) => this.batch.add(frame));
    client.onStatus((status) => {
      if (this.client === client) this.store.setState({ link: toLink(status) });
    });
  }

  stopListening(): void {
    const { client } = this;
    this.client = undefined;
    client?.close();
  }

  reconnect(): void {
    this.client?.reconnect();
  }

  /** False when the queue is full. */
  say(text: string): boolean {
    if (this.state.outbox.length >= MAX_QUEUED) return false;
    this.setOutbox([...this.state.outbox, { client_msg_id: newId(), text }]);
    this.sendQueued();
    return true;
  }

  unqueue(clientMsgId: string): void {
    this.setOutbox(this.state.outbox.filter((one) => one.client_msg_id !== clientMsgId));
  }

  moveUp(clientMsgId: string): void {
    const queue = [...this.state.outbox];
    const at = queue.findIndex((one) => one.client_msg_id === clientMsgId);
    const [moved] = at > 0 ? queue.splice(at, 1) : [];
    if (!moved) return;
    queue.splice(at - 1, 0, moved);
    this.setOutbox(queue);
  }

  decide<Type extends NodeCommand>(type: Type, nodeId: string, extra: Partial<CommandPayload<Type>> = {}): void {
    if (this.state.deciding[nodeId]) return;
    const plan = currentPlan(this.state.session);
    const payload = { node_id: nodeId, decision_id: newId(), ...(plan ? { plan_id: plan.plan_id } : {}), ...extra };
    const revision = type === 'approve_task' && plan ? { revision: plan.revision } : {};
    const id = this.client?.post(type, { ...payload, ...revision } as CommandPayload<Type>);
    this.expect(id, [nodeId], DECISION_OF[type]);
  }

  approveAll(nodeIds: string[]): void {
    const plan = currentPlan(this.state.session);
    if (!plan || nodeIds.length === 0) return;
    const { plan_id, revision } = plan;
    const id = this.client?.post('approve_all', { plan_id, revision, node_ids: nodeIds, decision_id: newId() });
    this.expect(id, nodeIds, 'approve');
  }

  /** Of whichever plan the task is. */
  rerun(nodeId: string): void {
    if (this.state.deciding[nodeId]) return;
    const id = this.client?.post('rerun_from', { node_id: nodeId, decision_id: newId() });
    this.expect(id, [nodeId], 'rerun');
  }

  stopTurn(): void {
    const turn = this.state.session.turn;
    this.client?.post('stop', turn ? { turn_id: turn.turn_id } : {});
  }

  retryTurn(turnId: string): void {
    this.client?.post('retry_turn', { turn_id: turnId });
  }

  answer(payload: CommandPayload<'input_response'>): boolean {
    return this.client?.post('input_response', payload) !== undefined;
  }

  private expect(frameId: string | undefined, nodeIds: string[], decision: Decision): void {
    if (frameId === undefined) return;
    const added = Object.fromEntries(nodeIds.map((id) => [id, { decision, frame_id: frameId }]));
    const refused = { ...this.state.refused };
    for (const id of nodeIds) delete refused[id];
    this.store.setState({ deciding: { ...this.state.deciding, ...added }, refused });
    setTimeout(() => this.settle(frameId, 'The server has not confirmed this. Try again.'), DECISION_DEADLINE_MS);
  }

  private settle(frameId: string, message: string): void {
    const nodes = Object.keys(this.state.deciding).filter((id) => this.state.deciding[id]?.frame_id === frameId);
    if (nodes.length === 0) return;
    const deciding = { ...this.state.deciding };
    const refused = { ...this.state.refused };
    for (const id of nodes) {
      delete deciding[id];
      refused[id] = message;
    }
    this.store.setState({ deciding, refused });
  }

  private take(frames: WireFrame[]): void {
    const before = this.state;
    let session = before.session;
    let deciding = before.deciding;
    let snapshot = false;
    for (const frame of frames) {
      session = reduce(session, frame);
      const payload = isRecord(frame.payload) ? frame.payload : {};
      if (frame.type === 'session_snapshot') snapshot = true;
      const node = frame.type === 'task_update' || frame.type === 'task_decision' ? payload.node_id : undefined;
      if (typeof node === 'string' && deciding[node]) {
        const { [node]: _settled, ...rest } = deciding;
        deciding = rest;
      }
    }
    // What was on its way when the line broke may have been lost: the snapshot says what is, the buttons come back.
    if (snapshot) deciding = {};
    const seen = new Set(session.items.flatMap((item) => (item.kind === 'message' ? [item.client_msg_id] : [])));
    const waiting = before.outbox.filter((one) => !seen.has(one.client_msg_id));
    const outbox = snapshot ? waiting.map(({ client_msg_id, text }) => ({ client_msg_id, text })) : waiting;
    this.store.setState({ session, deciding });
    if (snapshot || outbox.length !== before.outbox.length) this.setOutbox(outbox);
    for (const frame of frames) if (frame.type === 'error') this.refusal(frame.payload);
    // What is missing is on its way: the client asks for it.
    if (!session.behind) this.sendQueued();
  }

  private refusal(payload: unknown): void {
    if (!isRecord(payload) || typeof payload.in_reply_to !== 'string') return;
    const { in_reply_to } = payload;
    // A message that was refused will be refused again: the transcript says why, the queue lets it go.
    if (this.state.outbox.some((one) => one.frame_id === in_reply_to)) {
      this.setOutbox(this.state.outbox.filter((one) => one.frame_id !== in_reply_to));
    }
    this.settle(in_reply_to, typeof payload.message === 'string' ? payload.message : 'Refused.');
  }

  private sendQueued(): void {
    if (!this.connected) return;
    let changed = false;
    const queue = this.state.outbox.map((one) => {
      if (one.frame_id !== undefined) return one;
      const { client_msg_id, text } = one;
      const frame_id = this.client?.post('chat_message', { client_msg_id, text });
      if (frame_id === undefined) return one;
      changed = true;
      return { ...one, frame_id };
    });
    if (changed) this.setOutbox(queue);
  }

  private setOutbox(outbox: Queued[]): void {
    this.store.setState({ outbox });
    writeOutbox(this.sessionId, outbox);
  }
}
