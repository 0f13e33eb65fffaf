import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { answer } from './current-call.js';
import { isObject, type RawResult } from './raw-result.js';
import type { RunningCalls } from './running-calls.js';

/** What a server has lists of. */
export type Listed = 'tools' | 'resources' | 'prompts';

/** What a server says on its own account. */
export interface News {
  /** It offers others now. */
  changed(what: Listed): void;
  resourceUpdated(uri: string): void;
}

const LISTS: ReadonlyMap<string, Listed> = new Map([
  ['notifications/tools/list_changed', 'tools'],
  ['notifications/resources/list_changed', 'resources'],
  ['notifications/prompts/list_changed', 'prompts'],
]);

/** @returns whether the notification concerns no call, and was told */
export function tellNews(news: News | undefined, method: string, params: RawResult): boolean {
  const list = LISTS.get(method);
  if (list) news?.changed(list);
  else if (method !== 'notifications/resources/updated') return false;
  else if (typeof params.uri === 'string') news?.resourceUpdated(params.uri);
  return true;
}

/** What the SDK does by itself. */
const OF_THE_SDK = new Set(['ping', 'notifications/subscriptions/acknowledged']);

/**
 * Takes what comes over a connection beside the streams of calls before the SDK sees it, whose schemas would drop what
 * they do not know, and brings it to the call that it belongs to: progress by its token; logs and questions, which name
 * no call, to the only one that runs.
 */
export class Beside {
  readonly #news: News | undefined;
  readonly #reply: (message: RawResult) => void;
  readonly #asked = new Map<unknown, AbortController>();
  #calls: RunningCalls | undefined;

  constructor(news: News | undefined, reply: (message: RawResult) => void) {
    this.#news = news;
    this.#reply = reply;
  }

  /** Whose calls they are from now on. */
  serve(calls: RunningCalls): void {
    this.#calls = calls;
  }

  /** @returns whether the SDK need not see it */
  take(message: JSONRPCMessage): boolean {
    if (!('method' in message) || OF_THE_SDK.has(message.method)) return false;
    const { method } = message;
    const params = isObject(message.params) ? message.params : {};
    if ('id' in message) this.#ask(message.id, method, params);
    else this.#hear(method, params);
    return method !== 'notifications/cancelled';
  }

  #hear(method: string, params: RawResult): void {
    const calls = this.#calls;
    if (tellNews(this.#news, method, params)) return;
    if (method === 'notifications/progress') calls?.of(params.progressToken)?.onProgress?.(params);
    else if (method === 'notifications/message') calls?.alone?.onLog?.(params);
    else if (method === 'notifications/cancelled') this.#asked.get(params.requestId)?.abort();
    else calls?.alone?.onNotification?.(method, params);
  }

  #ask(id: string | number, method: string, params: RawResult): void {
    // A second question of one id could not be told from the first.
    if (this.#asked.has(id)) return;
    const open = new AbortController();
    this.#asked.set(id, open);
    void answer(this.#calls?.asked, { method, params }, open.signal).then((outcome) => {
      this.#asked.delete(id);
      if (!open.signal.aborted) this.#reply({ jsonrpc: '2.0', id, ...outcome });
    });
  }
}
