/** One event of a stream of server-sent events. */
export interface StreamEvent {
  event: string;
  /** As it was sent; JSON in ours. */
  data: string;
  id: string | undefined;
}

/** Longer lines and events than any that we send. */
const MAX_CHARS = 32 * 1024 * 1024;

/** Reads an event stream piece by piece (WHATWG HTML, section 9.2.6), wherever a piece ends. */
export class EventParser {
  private rest = '';
  private event = '';
  private data: string[] = [];
  private size = 0;
  private id: string | undefined;

  /** @throws when an event has no end */
  feed(piece: string): StreamEvent[] {
    // A lone CR may be the first half of CRLF: it waits for what follows.
    const text = this.rest + piece;
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    this.size += piece.length;
    if (this.size > MAX_CHARS) throw new Error('The stream sent an event that does not end.');
    return lines.flatMap((line) => this.take(line));
  }

  private take(line: string): StreamEvent[] {
    if (line === '') return this.dispatch();
    const at = line.indexOf(':');
    const field = at === -1 ? line : line.slice(0, at);
    const value = at === -1 ? '' : line.slice(at + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id') this.id = value;
    else this.size = 0;
    return [];
  }

  private dispatch(): StreamEvent[] {
    const { event, data, id } = this;
    this.event = '';
    this.data = [];
    this.size = 0;
    return data.length === 0 ? [] : [{ event: event || 'message', data: data.join('\n'), id }];
  }
}
