import { z } from 'zod';
import type { DurableFrame } from '@app/session-protocol';
import type { Artifact } from '../../../core/artifacts/artifact.js';
import type { SessionSummary } from '../../../core/agent/session-list.service.js';
import type { Page } from '../../../platform/page.js';
import { toNext } from './page.schemas.js';

const time = z.iso.datetime();

export const SessionView = z
  .object({
    id: z.string(),
    title: z.string(),
    server_id: z.string(),
    server_name: z.string(),
    model: z.string().meta({ description: 'Id of the language model that answers next.' }),
    status: z.literal('open'),
    last_seq: z.int(),
    pending_approvals: z.int().meta({ description: 'Tasks that wait for a person.' }),
    forked_from: z
      .object({
        session_id: z.string(),
        title: z.string().nullable().meta({ description: 'As it is now; null when that session is gone.' }),
        after_seq: z.int().meta({ description: 'The last event of it that this one begins with.' }),
      })
      .nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Session' });

export const SessionListView = z
  .object({ sessions: z.array(SessionView), next: z.string().optional() })
  .meta({ id: 'SessionList' });

export const toSessionView = ({
  session,
  serverName,
  model,
  pending,
  forkedFrom,
}: SessionSummary): z.infer<typeof SessionView> => ({
  id: session.id,
  title: session.title,
  server_id: session.serverId,
  server_name: serverName,
  model: model.id,
  status: 'open',
  last_seq: session.lastSeq,
  pending_approvals: pending,
  forked_from: forkedFrom && {
    session_id: forkedFrom.sessionId,
    title: forkedFrom.title,
    after_seq: forkedFrom.afterSeq,
  },
  created_at: session.createdAt.toISOString(),
  updated_at: session.updatedAt.toISOString(),
});

export const toSessionListView = (page: Page<SessionSummary>): z.infer<typeof SessionListView> => ({
  sessions: page.items.map(toSessionView),
  ...toNext(page),
});

export const SessionEventView = z
  .object({
    v: z.int(),
    id: z.string(),
    seq: z.int(),
    ts: time,
    session_id: z.string(),
    type: z.string(),
    payload: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'SessionEvent', description: 'As it travels over the socket; see docs/session-protocol.md.' });

export const SessionEventsView = z
  .object({
    events: z.array(SessionEventView),
    last_seq: z.int(),
    next: z.int().optional().meta({ description: 'The `after` of the next page; absent at the end.' }),
  })
  .meta({ id: 'SessionEvents' });

export const toSessionEventsView = (
  events: readonly DurableFrame[],
  lastSeq: number,
): z.infer<typeof SessionEventsView> => {
  const last = events.at(-1);
  return {
    events: events.map((event) => ({ ...event, payload: { ...event.payload } })),
    last_seq: lastSeq,
    ...(last && last.seq < lastSeq ? { next: last.seq } : {}),
  };
};

export const ArtifactView = z
  .object({
    artifact_id: z.string(),
    name: z.string(),
    url: z.string().meta({ description: 'Needs a bearer token; a signed link does not.' }),
    content_type: z.string(),
    size: z.int(),
    sha256: z.string(),
    plan_id: z.string().nullable(),
    node_id: z.string().nullable(),
    created_at: time,
    removed_at: time.nullable().meta({ description: 'When its bytes were removed; a download answers 410 since.' }),
  })
  .meta({ id: 'Artifact' });

export const ArtifactListView = z.object({ artifacts: z.array(ArtifactView) }).meta({ id: 'ArtifactList' });

export const downloadPath = (id: string): string => `/api/artifacts/download/${id}`;

export const toArtifactView = (artifact: Artifact): z.infer<typeof ArtifactView> => ({
  artifact_id: artifact.id,
  name: artifact.name,
  url: downloadPath(artifact.id),
  content_type: artifact.contentType,
  size: artifact.size,
  sha256: artifact.sha256,
  plan_id: artifact.planId,
  node_id: artifact.nodeId,
  created_at: artifact.createdAt.toISOString(),
  removed_at: artifact.removedAt?.toISOString() ?? null,
});

export const ArtifactLinkView = z.object({ url: z.string(), expires_at: time }).meta({ id: 'ArtifactLink' });

export const TicketView = z.object({ ticket: z.string(), expires_in: z.int() }).meta({ id: 'SocketTicket' });
