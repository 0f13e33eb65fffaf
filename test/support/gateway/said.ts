export interface Message {
  jsonrpc?: string;
  id?: string | number | null;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: Record<string, unknown> };
}

/** What the gateway answered to one request of HTTP. */
export interface Said extends Message {
  status: number;
  headers: Headers;
  text: string;
  /** What came on the stream before the answer. */
  before: Message[];
}

/** Each message of a stream as it comes. */
export async function* messagesOf(response: Response): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    const events = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split(/\r?\n\r?\n/);
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = [...event.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n');
      if (data !== '') yield JSON.parse(data) as Message;
    }
  }
}

/** @param hear is told what comes before the answer, when it comes */
export async function read(response: Response, hear: (message: Message) => void = () => undefined): Promise<Said> {
  const { status, headers } = response;
  const before: Message[] = [];
  if (!headers.get('content-type')?.startsWith('text/event-stream')) {
    const text = await response.text();
    const isJson = headers.get('content-type')?.includes('json') === true && text !== '';
    return { status, headers, text, before, ...(isJson && (JSON.parse(text) as Message)) };
  }
  for await (const message of messagesOf(response)) {
    if (message.method === undefined) return { status, headers, text: JSON.stringify(message), before, ...message };
    before.push(message);
    hear(message);
  }
  return { status, headers, text: '', before };
}

/** The words of a tool's result. */
export const wordsOf = ({ result }: Message): string =>
  ((result?.content ?? []) as { text?: string }[]).map(({ text = '' }) => text).join('');

/** Of a result that says where to decide on the call. */
export const approvalOf = ({ result }: Message): { id: string; url: string } | undefined =>
  (result?._meta as { 'switchyard/approval'?: { id: string; url: string } } | undefined)?.['switchyard/approval'];

/** The one question of an `input_required`, and what a client comes back with. */
export function questionOf({ result }: Message) {
  const { inputRequests = {}, requestState } = (result ?? {}) as {
    inputRequests?: Record<string, { method: string; params: Record<string, unknown> }>;
    requestState?: unknown;
  };
  const [[key = '', asked] = []] = Object.entries(inputRequests);
  const back = (answer: object) => ({ requestState, inputResponses: { [key]: answer } });
  return {
    asked,
    requestState,
    accept: (content?: object) => back({ action: 'accept', ...(content && { content }) }),
    decline: () => back({ action: 'decline' }),
  };
}

export type Question = ReturnType<typeof questionOf>;

/** Of a result by which we refuse a call. */
export const faultOf = ({ result }: Message): string | undefined =>
  (result?._meta as { 'switchyard/error'?: { code: string } } | undefined)?.['switchyard/error']?.code;
