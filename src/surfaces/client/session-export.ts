import { Readable } from 'node:stream';
import type { DurableFrame } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { SessionSummary } from '../../core/agent/session-list.service.js';
import { safeFileName } from '../../core/artifacts/artifact.js';
import { ArtifactsService } from '../../core/artifacts/artifacts.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { SessionLog } from '../../core/sessions/session-log.js';
import { Clock } from '../../platform/clock.js';
import type { SessionId } from '../../platform/ids.js';
import { contentDisposition } from './content-disposition.js';
import type { Exported } from './exported.js';
import type { ExportFormat } from './schemas/sessions.schemas.js';
import { toArtifactView, toSessionView } from './schemas/session-views.js';
import { toMarkdown } from './session-markdown.js';
import { withoutSecrets } from './session-secrets.js';

const MEDIA_TYPES = {
  json: { type: 'application/json; charset=utf-8', ending: 'json' },
  markdown: { type: 'text/markdown; charset=utf-8', ending: 'md' },
} satisfies Record<ExportFormat, { type: string; ending: string }>;

const PAGE = 200;

/** A session as a file, sent as it is read: however long it is, little of it is in memory. */
@Injectable()
export class SessionExport {
  constructor(
    private readonly log: SessionLog,
    private readonly artifacts: ArtifactsService,
    private readonly clock: Clock,
  ) {}

  async send(principal: Principal, summary: SessionSummary, format: ExportFormat, reply: FastifyReply): Promise<void> {
    const { session } = summary;
    const exported: Exported = {
      session: withoutSecrets(toSessionView(summary)),
      artifacts: withoutSecrets((await this.artifacts.listOfSession(principal, session.id)).map(toArtifactView)),
      firstSeq: session.firstSeq,
      exportedAt: this.clock.now().toISOString(),
      events: () => this.read(session.id, session.firstSeq - 1, session.lastSeq),
    };
    const { type, ending } = MEDIA_TYPES[format];
    reply.headers({
      'content-type': type,
      'content-disposition': contentDisposition('attachment', `${safeFileName(exported.session.title)}.${ending}`),
      'x-content-type-options': 'nosniff',
    });
    await reply.send(Readable.from(format === 'json' ? toJson(exported) : toMarkdown(exported)));
  }

  /** Up to the number that the log had when the export began. */
  private async *read(sessionId: SessionId, after: number, last: number): AsyncIterable<DurableFrame> {
    for (let cursor = after; cursor < last;) {
      const page = await this.log.read(sessionId, cursor, Math.min(PAGE, last - cursor));
      yield* page.map(withoutSecrets);
      const reached = page.at(-1)?.seq;
      if (reached === undefined) return;
      cursor = reached;
    }
  }
}

async function* toJson({ session, artifacts, firstSeq, exportedAt, events }: Exported): AsyncIterable<string> {
  const head = {
    format: 'switchyard.session',
    version: 1,
    exported_at: exportedAt,
    session,
    first_seq: firstSeq,
    trimmed: firstSeq > 1,
    artifacts,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"events":[`;
  let comma = '';
  for await (const frame of events()) {
    yield `${comma}\n${JSON.stringify(frame)}`;
    comma = ',';
  }
  yield '\n]}\n';
}
