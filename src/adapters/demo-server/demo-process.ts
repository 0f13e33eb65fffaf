import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { DemoServer } from '../../core/registry/demo-server.port.js';
import type { Logger } from '../../platform/logging/logger.js';

interface DemoProcessOptions {
  /** The compiled program of the demo server. */
  script: string;
  /** The first port that it tries; 0 takes any. */
  port: number;
  logger: Logger;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 30_000;
/** One that ran this long had not failed at the start. */
const STEADY_MS = 30_000;
const LISTEN_MS = 15_000;
const STOP_MS = 3_000;

/** The demo server in a process of its own, which ends with this one and is started again when it ends by itself. */
export class DemoProcess extends DemoServer implements OnModuleInit, OnApplicationShutdown {
  readonly enabled = true;
  private readonly listeners = new Set<(url: string) => void>();
  private child: Child | undefined;
  private current: string | undefined;
  private port: number;
  private pauseMs = FIRST_PAUSE_MS;
  private pause: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: DemoProcessOptions) {
    super();
    this.port = options.port;
  }

  onModuleInit(): void {
    this.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.pause);
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.stdin.end();
    await ended;
    clearTimeout(kill);
  }

  url(): string | undefined {
    return this.current;
  }

  onListening(listener: (url: string) => void): () => void {
    this.listeners.add(listener);
    if (this.current !== undefined) listener(this.current);
    return () => this.listeners.delete(listener);
  }

  private start(): void {
    const startedAt = performance.now();
    // Nothing of our environment, where secrets may be, reaches it.
    const child = spawn(process.execPath, [this.options.script, '--port', String(this.port)], {
      env: {},
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    const late = setTimeout(() => child.kill('SIGKILL'), LISTEN_MS);
    // What is written to a process that has ended is of no interest.
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = readAddress(line);
      if (url === undefined || this.child !== child) return;
      clearTimeout(late);
      this.listens(url);
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.options.logger.debug({ line: line.slice(0, 500) }, 'demo server');
    });
    child.once('error', (error) => this.options.logger.warn({ err: error }, 'the demo server does not start'));
    child.once('close', (code) => {
      clearTimeout(late);
      this.ended(code, performance.now() - startedAt);
    });
  }

  private listens(url: string): void {
    this.current = url;
    // Started again, it should be found where it was.
    this.port = Number(new URL(url).port);
    for (const listener of [...this.listeners]) listener(url);
  }

  private ended(code: number | null, ranMs: number): void {
    this.current = undefined;
    if (this.stopped) return;
    if (ranMs > STEADY_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.options.logger.warn({ code, againInMs: this.pauseMs }, 'the demo server ended');
    this.pause = setTimeout(() => this.start(), this.pauseMs);
    this.pauseMs = Math.min(MOST_PAUSE_MS, this.pauseMs * 2);
  }
}

function readAddress(line: string): string | undefined {
  try {
    const { listening } = JSON.parse(line) as { listening?: unknown };
    return typeof listening === 'string' && URL.canParse(listening) ? listening : undefined;
  } catch {
    return undefined;
  }
}
