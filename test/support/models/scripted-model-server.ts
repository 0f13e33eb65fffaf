import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenHere, stopListening } from '../listening.js';

/** Answers one request; must end the response, or leave it open on purpose. */
export type Reply<Body> = (response: ServerResponse, body: Body) => void;

export interface SeenRequest<Body> {
  model: string;
  body: Body;
  headers: IncomingMessage['headers'];
  /** Settles when the client has closed this connection or the answer has been sent whole. */
  closed: Promise<'by client' | 'answered'>;
}

/** How a vendor's server tells requests that it will not answer. */
export interface Dialect<Body extends { model: string }> {
  path: string;
  keyOf: (headers: IncomingMessage['headers']) => string | undefined;
  status: (code: number, options: { message: string }) => Reply<Body>;
  /** What the real server would refuse with a 400, in its words; nothing when it takes the request. */
  refuse?: ((body: Body) => string | undefined) | undefined;
}

const MAX_BODY = 16 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = piece as Buffer;
    size += bytes.length;
    if (size > MAX_BODY) throw new Error('the request is larger than any that Switchyard makes');
    chunks.push(bytes);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** A local server in one vendor's wire format. Scripted replies are used up in order; after them the brain answers. */
export class ScriptedModelServer<Body extends { model: string }> {
  /** The origin; what a vendor's base URL adds to it is the caller's. */
  url = '';
  readonly requests: SeenRequest<Body>[] = [];
  private replies: Reply<Body>[] = [];
  private readonly waiting: { count: number; resolve: () => void }[] = [];
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  private constructor(
    private readonly dialect: Dialect<Body>,
    private readonly apiKey: string | undefined,
    private brain: (body: Body) => Reply<Body>,
  ) {}

  static async start<Body extends { model: string }>(
    dialect: Dialect<Body>,
    apiKey: string | undefined,
    brain: (body: Body) => Reply<Body>,
  ): Promise<ScriptedModelServer<Body>> {
    const scripted = new ScriptedModelServer(dialect, apiKey, brain);
    scripted.url = await listenHere(scripted.server);
    return scripted;
  }

  /** Replaces what is left of the last script. */
  script(...replies: Reply<Body>[]): void {
    this.replies = replies;
  }

  useBrain(brain: (body: Body) => Reply<Body>): void {
    this.brain = brain;
  }

  /** Settles once this many requests have been seen since the start. */
  async seen(count: number): Promise<SeenRequest<Body>> {
    if (this.requests.length < count) await new Promise<void>((resolve) => this.waiting.push({ count, resolve }));
    const request = this.requests[count - 1];
    if (!request) throw new Error(`request ${count} was not seen`);
    return request;
  }

  async close(): Promise<void> {
    await stopListening(this.server);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const closed = new Promise<'by client' | 'answered'>((resolve) =>
      response.on('close', () => resolve(response.writableFinished ? 'answered' : 'by client')),
    );
    const { path, keyOf, status, refuse } = this.dialect;
    const body = (await readBody(request)) as Body;
    if (request.method !== 'POST' || request.url !== path) {
      return status(404, { message: 'no such method' })(response, body);
    }
    if (keyOf(request.headers) !== this.apiKey) return status(401, { message: 'invalid api key' })(response, body);
    const refusal = refuse?.(body);
    if (refusal !== undefined) return status(400, { message: refusal })(response, body);

    this.requests.push({ model: body.model, body, headers: request.headers, closed });
    const reply = this.replies.shift() ?? this.brain(body);
    reply(response, body);
    for (const { count, resolve } of this.waiting) if (this.requests.length >= count) resolve();
  }
}
