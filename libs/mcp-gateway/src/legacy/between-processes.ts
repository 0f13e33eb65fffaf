import type { JsonObject } from '../json/json.js';
import type { MessageId } from '../json/message.js';
import type { Courier } from '../ports.js';

/** Of a frame that is too large for one letter. */
export interface FramePart {
  index: number;
  count: number;
}

/** Sessions are served wherever they land; this is what the process where they landed tells the others. */
export interface Letters {
  /** To all: a request is no longer wanted. */
  cancelled: { session: string; request: MessageId; reason: string };
  /** To all: a session is gone, or is not what it was. */
  ended: { session: string };
  changed: { session: string };
  /** To who asked: what the client says. */
  answered: { session: string; response: JsonObject };
  /** To who has the stream: somebody came back for it elsewhere. */
  resume: { session: string; stream: string; seen: number; ticket: string };
  /** Somebody still reads; nobody does. */
  reading: { ticket: string };
  left: { ticket: string };
  /** To who has the connection. */
  found: { ticket: string; isFound: boolean };
  frames: { ticket: string; text: string; part?: FramePart };
  over: { ticket: string };
}

type Handlers = { [Kind in keyof Letters]?: (letter: Letters[Kind], from: string) => void };

const ALL = 'mcp-gateway';

/** Messages between the processes of one endpoint. */
export class Post {
  readonly #unsubscribe: (() => void)[];
  #handlers: Handlers = {};

  constructor(
    readonly node: string,
    private readonly courier: Courier,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#unsubscribe = [ALL, `${ALL}.${node}`].map((topic) => courier.subscribe(topic, this.#receive));
  }

  on<Kind extends keyof Letters>(kind: Kind, handler: (letter: Letters[Kind], from: string) => void): void {
    this.#handlers[kind] = handler as Handlers[Kind];
  }

  send<Kind extends keyof Letters>(kind: Kind, letter: Letters[Kind], to?: string): void {
    try {
      this.courier.publish(to === undefined ? ALL : `${ALL}.${to}`, { kind, letter, from: this.node });
    } catch (error) {
      this.onError(error);
    }
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  readonly #receive = (message: JsonObject): void => {
    const { kind, letter, from } = message as { kind: keyof Letters; letter: never; from: string };
    if (from === this.node) return;
    const handle = this.#handlers[kind] as ((letter: never, from: string) => void) | undefined;
    try {
      handle?.(letter, from);
    } catch (error) {
      this.onError(error);
    }
  };
}
