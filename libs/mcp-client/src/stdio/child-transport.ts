import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { MAX_ANSWER_BYTES } from '../upstream-fetch.js';
import type { Launch } from './launch.js';
import { LineReader } from './line-reader.js';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const MAX_LOG_LINE = 1_000;
/** After its input was closed (MCP 2025-11-25, Lifecycle, Shutdown), and after SIGTERM. */
const GRACE_MS = 700;

/**
 * MCP over the standard streams of a process of our own (MCP 2025-11-25, Transports, stdio): a message a line.
 * The process leads a group, which ends as a whole; the SDK's own transport inherits variables and leaves children behind.
 */
export class ChildTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  #child: Child | undefined;
  #ending: Promise<void> | undefined;

  constructor(private readonly launch: Launch) {}

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws UpstreamError UPSTREAM_BUSY; the error of the operating system where it cannot be started */
  async start(): Promise<void> {
    const { command, args, env, cwd, slots, onLine } = this.launch;
    const release = slots.take();
    const child = spawn(command, [...args], { env: { ...env }, cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    child.once('close', () => {
      release();
      // Whatever it started and left behind.
      killGroup(child, 'SIGKILL');
      this.#end();
    });
    child.stdin.on('error', (error) => this.onerror?.(error));
    const answers = new LineReader(MAX_ANSWER_BYTES);
    child.stdout.on('data', (chunk: Buffer) => {
      for (const line of answers.read(chunk)) this.#receive(line);
      if (answers.overflown) this.#giveUp(new Error('The package wrote a line that is too long.'));
    });
    const words = new LineReader(MAX_LOG_LINE, { cut: true });
    child.stderr.on('data', (chunk: Buffer) => {
      for (const line of words.read(chunk)) onLine?.(line);
    });
    try {
      await once(child, 'spawn');
    } catch (error) {
      release();
      throw error;
    }
    child.on('error', (error) => this.onerror?.(error));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child;
    if (!child || this.#ending || !child.stdin.writable) throw new Error('Not connected');
    await new Promise<void>((resolve, reject) => {
      child.stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Closes its input, then terminates, then kills its group; resolves when it has ended. */
  close(): Promise<void> {
    this.#ending ??= this.#stop();
    return this.#ending;
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.pid === undefined || hasEnded(child)) return this.#end();
    const ended = once(child, 'close').catch(() => undefined);
    child.stdin.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await endsWithin(ended, GRACE_MS);
      if (hasEnded(child)) break;
      killGroup(child, signal);
    }
    await endsWithin(ended, GRACE_MS);
    killGroup(child, 'SIGKILL');
    // A grandchild that left the group may hold the pipes.
    for (const stream of [child.stdout, child.stderr, child.stdin]) stream.destroy();
    this.#end();
  }

  #receive(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      // Many servers greet on their output; what is no message is none.
      return;
    }
    if (typeof message === 'object' && message !== null && !Array.isArray(message)) {
      this.onmessage?.(message as JSONRPCMessage);
    }
  }

  #giveUp(error: Error): void {
    this.onerror?.(error);
    if (this.#child) killGroup(this.#child, 'SIGKILL');
    void this.close();
  }

  #end(): void {
    const tell = this.onclose;
    delete this.onclose;
    tell?.();
  }
}

const hasEnded = (child: Child): boolean => child.exitCode !== null || child.signalCode !== null;

function killGroup({ pid }: Child, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

async function endsWithin(ended: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([ended, enough]);
  clearTimeout(timer);
}
