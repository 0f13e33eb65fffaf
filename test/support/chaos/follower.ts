import type { PlanNode, SessionSnapshot } from '@app/session-protocol';
import type { Frame, SessionClient, Transport } from '../session-clients.js';
import { pause } from './until.js';

interface FollowerParts {
  name: string;
  transport: Transport;
  url: () => string;
  serverId: string;
  sessionId: string;
  token: string;
  /** Whether it decides by itself as soon as it is asked. Else `decides` says when. */
  decides?: boolean;
}

/** Before it connects again, about: all clients at once would hold the product up as it starts. */
const AWAY_MS = 100;

type Decidable = Pick<PlanNode, 'id' | 'status' | 'attempt'>;

/**
 * A client that lives through everything: it reconnects with the last `seq` it has, keeps each durable event, sends its
 * message again until it has seen it, approves all, and says of a call with an unknown outcome that it was done.
 */
export class Follower {
  /** Every durable event, in the order of arrival. */
  readonly received: Frame[] = [];
  /** What broke the rule that each later event comes once, in order, without a gap. */
  readonly faults: string[] = [];
  /** How connections ended that had been greeted: one that never stood says nothing of who ended it. */
  readonly closeCodes: number[] = [];
  connects = 0;
  deltas = 0;
  /** How often the product refused something, by code. */
  readonly refusals: Record<string, number> = {};
  /** Milliseconds from each live event's moment until it was here. */
  readonly delays: { at: number; ms: number }[] = [];
  private live = false;
  private decides: boolean;
  private client: SessionClient | undefined;
  private last = 0;
  private ended = false;
  private trying = false;
  private wanted: { text: string; id: string } | undefined;
  private readonly decided = new Set<string>();
  private readonly open = new Map<string, Decidable>();
  private readonly done = new Set<string>();
  private readonly turnOf = new Map<string, string>();
  private wake: (() => void)[] = [];

  constructor(private readonly parts: FollowerParts) {
    this.decides = parts.decides ?? true;
  }

  /** One graph after another, until it is over or this client is stopped. */
  async askOnAndOn(tag: string, isOver: () => boolean): Promise<void> {
    for (let turn = 0; !isOver() && !this.ended; turn += 1) await this.ask(`graph ${tag}t${turn}`, `${tag}t${turn}`);
  }

  /** From now on it decides what it is asked, and what it was asked before. */
  decide(): void {
    this.decides = true;
    for (const node of this.open.values()) this.sendDecision(node);
  }

  /** From now on it decides nothing until `decide`. */
  waitForMe(): void {
    this.decides = false;
  }

  /** Nodes that wait for a person, as far as it knows. */
  get pending(): number {
    return [...this.open.values()].filter(({ status }) => status === 'pending').length;
  }

  /** What it waits for, for whom it did not come. */
  get state(): string {
    const open = [...this.open.values()].map(({ id, status, attempt }) => `${id} ${status} ${attempt}`);
    const asked = this.wanted ? `${this.wanted.id} in ${this.turnOf.get(this.wanted.id) ?? 'no turn'}` : 'nothing';
    return `${this.parts.name}: ${asked}, at ${this.last}, ${open.filter((node) => !/succeeded|skipped/.test(node)).join(', ')}`;
  }

  get isDone(): boolean {
    return this.wanted === undefined || this.isAnswered(this.wanted.id);
  }

  get lastSeq(): number {
    return this.last;
  }

  start(): void {
    void this.stayConnected();
  }

  /** Sends the message until it is in the log; settles when its turn has ended. */
  async ask(text: string, id: string): Promise<void> {
    this.wanted = { text, id };
    this.post();
    while (!this.ended && !this.isAnswered(id)) await this.change();
  }

  /** Settles with the next change, or after a while. */
  async change(): Promise<void> {
    await Promise.race([new Promise<void>((resolve) => this.wake.push(resolve)), pause(250)]);
  }

  /** Gives the connection up as a client does that heard nothing for too long. */
  giveUp(): void {
    this.client?.cut();
  }

  /** Once connected anew and greeted. */
  async connected(beyond: number): Promise<void> {
    while (this.connects <= beyond) await this.change();
  }

  /** Once so many durable events have come that fit. */
  async seen(fits: (frame: Frame) => boolean, times = 1): Promise<void> {
    while (this.received.filter(fits).length < times) await this.change();
  }

  /** Once it has every event that the other one has now. */
  async caughtUpWith(other: Follower): Promise<void> {
    const { lastSeq } = other;
    while (this.last < lastSeq) await this.change();
  }

  stop(): void {
    this.ended = true;
    this.client?.close();
  }

  private isAnswered(id: string): boolean {
    const turn = this.turnOf.get(id);
    return turn !== undefined && this.done.has(turn);
  }

  private async stayConnected(): Promise<void> {
    while (!this.ended) {
      const { transport, url, serverId, sessionId, token } = this.parts;
      this.live = false;
      const client = transport.connect(url(), { serverId, token, session: sessionId, after: this.last });
      this.client = client;
      let taken = 0;
      const closed = client.closed.then((code) => {
        if (client.frames.some(({ type }) => type === 'hello')) this.closeCodes.push(code);
      });
      let isClosed = false;
      void closed.then(() => {
        isClosed = true;
      });
      while (!isClosed) {
        await Promise.race([closed, client.next(() => true, 60_000).catch(() => closed)]);
        for (; taken < client.frames.length; taken += 1) this.take(client.frames[taken] as Frame);
        for (const wake of this.wake.splice(0)) wake();
      }
      await pause(AWAY_MS * (0.5 + Math.random()));
    }
  }

  private take(frame: Frame): void {
    if (frame.seq !== undefined) this.keep(frame);
    const { payload } = frame;
    switch (frame.type) {
      case 'session_snapshot':
        return this.onSnapshot(frame.payload as unknown as SessionSnapshot);
      case 'task_graph_proposal':
        for (const node of payload.nodes as PlanNode[]) this.onNode(node);
        return;
      case 'task_update':
        return this.onNode({ ...(payload as unknown as PlanNode), id: String(payload.node_id) });
      case 'chat_message':
        if (typeof payload.client_msg_id === 'string') this.turnOf.set(payload.client_msg_id, String(payload.turn_id));
        return;
      case 'turn_finished':
        this.done.add(String(payload.turn_id));
        return;
      case 'error':
        this.refusals[String(payload.code)] = (this.refusals[String(payload.code)] ?? 0) + 1;
        if (payload.retryable === true) void this.tryAgain();
        return;
      case 'chat_delta':
        this.deltas += 1;
        return;
    }
  }

  private keep(frame: Frame): void {
    if (this.live && frame.ts !== undefined) {
      this.delays.push({ at: Date.now(), ms: Date.now() - Date.parse(frame.ts) });
    }
    const seq = frame.seq ?? 0;
    if (seq !== this.last + 1) this.faults.push(`${this.parts.name}: ${seq} came after ${this.last}`);
    this.received.push(frame);
    this.last = Math.max(this.last, seq);
  }

  private onSnapshot(snapshot: SessionSnapshot): void {
    this.connects += 1;
    this.live = true;
    if (snapshot.last_seq !== this.last) {
      this.faults.push(`${this.parts.name}: the snapshot is of ${snapshot.last_seq}, the events end at ${this.last}`);
    }
    for (const node of snapshot.plan?.nodes ?? []) this.open.set(node.id, node);
    this.sendOpen();
  }

  /** A command was refused for now; which one does not matter, since each is the same however often it comes. */
  private async tryAgain(): Promise<void> {
    if (this.trying) return;
    this.trying = true;
    await pause(300);
    this.trying = false;
    if (!this.ended) this.sendOpen();
  }

  private sendOpen(): void {
    this.decided.clear();
    this.post();
    for (const node of this.open.values()) this.onNode(node);
  }

  private post(): void {
    if (!this.wanted || this.turnOf.has(this.wanted.id)) return;
    this.client?.send('chat_message', { text: this.wanted.text, client_msg_id: this.wanted.id });
  }

  /** Once for each state of the node in each connection: a decision that was lost with a connection is taken again. */
  private onNode(node: Decidable): void {
    this.open.set(node.id, node);
    this.sendDecision(node);
  }

  private sendDecision(node: Decidable): void {
    if (!this.decides) return;
    const state = `${node.id}:${node.attempt}:${node.status}`;
    if (this.decided.has(state)) return;
    this.decided.add(state);
    if (node.status === 'pending') this.client?.send('approve_task', { node_id: node.id, decision_id: state });
    if (node.status === 'outcome_unknown') {
      this.client?.send('resolve_task', { node_id: node.id, outcome: 'succeeded', decision_id: state });
    }
  }
}
