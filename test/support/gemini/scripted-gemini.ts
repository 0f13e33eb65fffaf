import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenHere, stopListening } from '../listening.js';
import { type Declaration, refusals } from '../vendors/declaration-rules.js';
import { defaultBrain } from './default-brain.js';
import { type Reply, status } from './replies.js';
import { type WireRequest } from './wire.js';

export interface SeenRequest {
  model: string;
  body: WireRequest;
  /** Settles when the client has closed this connection or the answer has been sent whole. */
  closed: Promise<'by client' | 'answered'>;
}

const PATH = /^\/v1beta\/models\/([^/:]+):streamGenerateContent\?alt=sse$/;
const MAX_BODY = 16 * 1024 * 1024;

export const toDeclarations = ({ tools = [] }: WireRequest): Declaration[] =>
  tools.flatMap(({ functionDeclarations }) =>
    functionDeclarations.map(({ name, description, parametersJsonSchema }) => ({
      name,
      description,
      parameters: parametersJsonSchema,
    })),
  );

async function readBody(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = piece as Buffer;
    size += bytes.length;
    if (size > MAX_BODY) throw new Error('the request is larger than any that Switchyard makes');
    chunks.push(bytes);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as WireRequest;
}

/**
 * A local server that speaks Gemini's streaming wire format (v1beta). Scripted replies are used up in order; after them
 * the brain answers. Declarations that Gemini refuses get a 400, and a wrong key gets what Google sends for one.
 */
export class ScriptedGemini {
  /** For `GEMINI_BASE_URL`. */
  url = '';
  readonly requests: SeenRequest[] = [];
  private replies: Reply[] = [];
  private readonly waiting: { count: number; resolve: () => void }[] = [];
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  private constructor(
    private readonly apiKey: string,
    private brain: (request: WireRequest) => Reply,
  ) {}

  static async start(apiKey: string, brain: (request: WireRequest) => Reply): Promise<ScriptedGemini> {
    const gemini = new ScriptedGemini(apiKey, brain);
    gemini.url = await listenHere(gemini.server);
    return gemini;
  }

  /** Replaces what is left of the last script. */
  script(...replies: Reply[]): void {
    this.replies = replies;
  }

  useBrain(brain: (request: WireRequest) => Reply): void {
    this.brain = brain;
  }

  /** Settles once this many requests have been seen since the start. */
  async seen(count: number): Promise<SeenRequest> {
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
    const model = PATH.exec(request.url ?? '')?.[1];
    if (request.method !== 'POST' || !model)
      return status(404, { message: 'no such method' })(response, { contents: [] });
    const body = await readBody(request);
    if (request.headers['x-goog-api-key'] !== this.apiKey) {
      const message = 'API key not valid. Please pass a valid API key.';
      return status(400, { message, reason: 'API_KEY_INVALID' })(response, body);
    }

    this.requests.push({ model, body, closed });
    const refused = refusals('gemini', toDeclarations(body))[0];
    const reply = refused
      ? status(400, { message: refused, reason: 'INVALID_ARGUMENT' })
      : (this.replies.shift() ?? this.brain(body));
    reply(response, body);
    for (const { count, resolve } of this.waiting) if (this.requests.length >= count) resolve();
  }
}

/** @param options the key that is accepted (`test-key`) and who answers when no reply is scripted */
export const startScriptedGemini = ({ apiKey = 'test-key', brain = defaultBrain } = {}): Promise<ScriptedGemini> =>
  ScriptedGemini.start(apiKey, brain);
