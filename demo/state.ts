import type { Summary } from './data/analysis.js';

export interface Note {
  id: number;
  text: string;
  created_at: string;
}

export interface Mail {
  to: string;
  name: string;
  sent_at: string;
}

export interface Report {
  title: string;
  summary: Summary;
  files: { name: string; uri: string; mimeType: string; bytes: Buffer }[];
}

const MOST_NOTES = 500;
const MOST_MAILS = 500;
const MOST_REPORTS = 20;
const MOST_LOG_LINES = 500;
const MOST_KEYS = 5000;

/** What the demo server remembers while it runs. Every collection is bounded; the oldest entry leaves first. */
export class DemoState {
  readonly notes = new Map<number, Note>();
  readonly outbox: Mail[] = [];
  readonly reports = new Map<string, Report>();
  readonly log: string[] = [];
  private readonly flakyKeys = new Set<string>();
  private readonly effectsByTool = new Map<string, number>();
  private readonly effectsByTag = new Map<string, number>();
  private lastNote = 0;
  private lastReport = 0;

  constructor(private readonly now: () => Date) {}

  addNote(text: string): Note {
    this.lastNote += 1;
    const note = { id: this.lastNote, text, created_at: this.now().toISOString() };
    this.notes.set(note.id, note);
    dropOldest(this.notes, MOST_NOTES);
    return note;
  }

  addMail(to: string, name: string): Mail {
    const mail = { to, name, sent_at: this.now().toISOString() };
    this.outbox.push(mail);
    if (this.outbox.length > MOST_MAILS) this.outbox.shift();
    return mail;
  }

  nextReportId(): string {
    this.lastReport += 1;
    return `report-${this.lastReport}`;
  }

  keepReport(id: string, report: Report): void {
    this.reports.set(id, report);
    dropOldest(this.reports, MOST_REPORTS);
  }

  /** True the first time that a key is seen. */
  isFirst(key: string): boolean {
    if (this.flakyKeys.has(key)) return false;
    this.flakyKeys.add(key);
    dropOldest(this.flakyKeys, MOST_KEYS);
    return true;
  }

  /** Counts a call that wrote something, so that a test can prove how often it ran. */
  countEffect(tool: string, tag: string | undefined): void {
    this.effectsByTool.set(tool, (this.effectsByTool.get(tool) ?? 0) + 1);
    if (tag !== undefined) {
      this.effectsByTag.set(tag, (this.effectsByTag.get(tag) ?? 0) + 1);
      dropOldest(this.effectsByTag, MOST_KEYS);
    }
    this.note(`${tool}${tag === undefined ? '' : ` tag=${tag}`}`);
  }

  /** How many writing calls there were; of one tag only, if one is given. */
  effects(tag?: string): { total: number; by_tool: Record<string, number>; by_tag: Record<string, number> } {
    const byTag =
      tag === undefined ? Object.fromEntries(this.effectsByTag) : { [tag]: this.effectsByTag.get(tag) ?? 0 };
    const counted = tag === undefined ? Object.fromEntries(this.effectsByTool) : byTag;
    const total = Object.values(counted).reduce((sum, count) => sum + count, 0);
    return { total, by_tool: Object.fromEntries(this.effectsByTool), by_tag: byTag };
  }

  note(line: string): void {
    this.log.push(`${this.now().toISOString()} ${line}`);
    if (this.log.length > MOST_LOG_LINES) this.log.shift();
  }
}

function dropOldest(collection: Map<unknown, unknown> | Set<unknown>, most: number): void {
  while (collection.size > most) collection.delete(collection.keys().next().value);
}
