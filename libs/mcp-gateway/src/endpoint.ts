import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Pulse, type Soon } from '@app/soon';
import type { McpBackend } from './backend.js';
import type { Equipment } from './equipment.js';
import { readBody } from './http/read-body.js';
import { checkAccepts, checkJsonBody, headerOf } from './http/request-head.js';
import { carry, sendJson } from './http/send.js';
import type { Visit } from './http/visit.js';
import { bodyOf, errorOf, INTERNAL } from './json/answers.js';
import { isObject } from './json/json.js';
import { idOf, parseBody, readMessage } from './json/message.js';
import { LegacyDoor } from './legacy/legacy-door.js';
import { type Limits, LIMITS } from './limits.js';
import { isModern } from './modern/envelope.js';
import { ModernDoor } from './modern/modern-door.js';
import type { Courier, Sealer, SessionStore } from './ports.js';
import { CODES, ProtocolError } from './protocol-error.js';
import { Requests } from './requests.js';
import { isLegacyVersion } from './revisions.js';
import { Running } from './running.js';

export interface McpEndpointParts<Caller> {
  backend: McpBackend<Caller>;
  sessions: SessionStore;
  courier: Courier;
  sealer: Sealer;
  /** Hears of what went wrong on our side; clients hear of it in general words. */
  onError?: (error: unknown) => void;
  limits?: Partial<Limits>;
}

export interface HandleOptions {
  /** Who it is, and where: sessions and sealed states belong to it. Never sent to anyone. */
  key: string;
  /** Of each answer, names and values by turns; not those that the protocol says. */
  headers?: readonly string[] | undefined;
  /** The body, where the host has read it already. */
  body?: Buffer | undefined;
  /** Judges each method before anything is done, where the caller may not use all of them. */
  refusalOf?: ((method: string) => ProtocolError | undefined) | undefined;
}

/** What a POST may be answered with. */
const ANSWERS = ['application/json', 'text/event-stream'];

/** One address that speaks MCP, every revision of it over Streamable HTTP. Authentication, Host and Origin are the host's. */
export class McpEndpoint<Caller> {
  readonly #equipment: Equipment<Caller>;
  readonly #legacy: LegacyDoor<Caller>;
  readonly #modern: ModernDoor<Caller>;
  #isClosing = false;

  constructor({ onError = () => {}, limits, ...parts }: McpEndpointParts<Caller>) {
    const all = { ...LIMITS, ...limits };
    const requests = new Requests(parts.backend, onError);
    const pulse = new Pulse(all.pulseMs);
    this.#equipment = { ...parts, onError, limits: all, pulse, running: new Running(), requests };
    this.#legacy = new LegacyDoor(this.#equipment, randomBytes(6).toString('hex'));
    this.#modern = new ModernDoor(this.#equipment);
  }

  /** How much is held here. */
  get load(): { running: number; listening: number; streams: number } {
    const listening = this.#legacy.listeners.size + this.#modern.listeners.size;
    return { running: this.#equipment.running.size, listening, streams: this.#legacy.streams.size };
  }

  /** Answers, also where it fails, and never rejects; settles when the answer is on its way to the connection, or a stream for listening is open. */
  handle(request: IncomingMessage, response: ServerResponse, caller: Caller, options: HandleOptions): Promise<void> {
    if (options.headers) carry(response, options.headers);
    const visit = { request, response, caller, key: options.key };
    const refuse = (error: unknown) => this.#refuse(response, error);
    try {
      if (request.method === 'POST') return this.#receive(visit, options, refuse);
      if (request.method === 'GET' || request.method === 'DELETE') return this.#serveSession(visit).catch(refuse);
      throw notAllowed('GET, POST, DELETE');
    } catch (error) {
      refuse(error);
      return Promise.resolve();
    }
  }

  /** Whoever it was may not be here any more: ends what such a key has open. Its sessions are the store's to remove. */
  dismiss(belongs: (key: string) => boolean): void {
    this.#equipment.running.interruptAll('Access has ended.', ({ key }) => belongs(key));
    this.#modern.listeners.endAll(belongs);
    this.#legacy.dismiss(belongs);
  }

  /** Ends streams, waits for what runs, and interrupts what still does when the time is up. */
  async close({ graceMs }: { graceMs: number }): Promise<void> {
    this.#isClosing = true;
    this.#modern.listeners.close();
    this.#legacy.listeners.release();
    const { running, pulse } = this.#equipment;
    if (!(await running.idle(graceMs))) {
      running.interruptAll('The server is stopping.');
      await running.idle(this.#equipment.limits.pulseMs);
    }
    this.#legacy.close();
    pulse.stop();
  }

  /** @throws ProtocolError */
  #receive(
    visit: Visit<Caller>,
    { body: given, refusalOf }: HandleOptions,
    refuse: (error: unknown) => void,
  ): Promise<void> {
    const { headers } = visit.request;
    checkJsonBody(headers);
    checkAccepts(headers, ANSWERS);
    const body = given ? Promise.resolve(given) : readBody(visit.request, this.#equipment.limits.maxBodyBytes);
    return body.then((bytes) => this.#take(visit, bytes, refusalOf), refuse);
  }

  /** Answers, also where it fails. */
  #take(visit: Visit<Caller>, body: Buffer, refusalOf: HandleOptions['refusalOf']): Soon<void> {
    let content: unknown;
    const refuse = (error: unknown) => this.#refuse(visit.response, error, content);
    try {
      content = parseBody(body);
      const handled = this.#hand(visit, content, refusalOf);
      return handled instanceof Promise ? handled.catch(refuse) : handled;
    } catch (error) {
      refuse(error);
    }
  }

  /** @throws ProtocolError */
  #hand(visit: Visit<Caller>, content: unknown, refusalOf: HandleOptions['refusalOf']): Soon<void> {
    if (Array.isArray(content)) {
      for (const one of content) judge(one, refusalOf);
      return this.#legacy.handleBatch(visit, content);
    }
    judge(content, refusalOf);
    const message = readMessage(content);
    const door = isModern(visit.request.headers, message) ? this.#modern : this.#legacy;
    return door.handle(visit, message);
  }

  /** GET and DELETE: of sessions alone. */
  async #serveSession(visit: Visit<Caller>): Promise<void> {
    const version = headerOf(visit.request.headers, 'mcp-protocol-version');
    if (version !== undefined && !isLegacyVersion(version)) throw notAllowed('POST');
    if (visit.request.method === 'DELETE') return this.#legacy.end(visit);
    if (this.#isClosing) throw new ProtocolError(CODES.badSession, 'The server is stopping.', { status: 503 });
    return this.#legacy.listen(visit);
  }

  #refuse(response: ServerResponse, error: unknown, content?: unknown): void {
    const isKnown = error instanceof ProtocolError;
    if (!isKnown) this.#equipment.onError(error);
    if (response.headersSent || response.destroyed) return;
    const facts = isKnown ? error.facts : { status: 500 };
    const body = errorOf(idOf(content), isKnown ? bodyOf(error) : INTERNAL);
    try {
      sendJson(response, facts.status ?? 200, body, facts.headers);
    } catch (unforeseen) {
      this.#equipment.onError(unforeseen);
      response.destroy();
    }
  }
}

/** @throws ProtocolError */
function judge(message: unknown, refusalOf: HandleOptions['refusalOf']): void {
  if (!refusalOf || !isObject(message) || typeof message.method !== 'string') return;
  const refusal = refusalOf(message.method);
  if (refusal) throw refusal;
}

const notAllowed = (allow: string): ProtocolError =>
  new ProtocolError(CODES.badSession, 'Method not allowed.', { status: 405, headers: ['allow', allow] });
