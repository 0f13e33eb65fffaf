import type { ArtifactId, OrganizationId, PlanId, ServerId, SessionId, UserId } from '../../platform/ids.js';

/** The call that a file came from. */
export interface ArtifactOrigin {
  sessionId: SessionId | null;
  planId: PlanId | null;
  nodeId: string | null;
  serverId: ServerId | null;
  tool: string | null;
}

export interface Artifact extends ArtifactOrigin {
  id: ArtifactId;
  organizationId: OrganizationId;
  userId: UserId;
  name: string;
  contentType: string;
  size: number;
  /** Hex. */
  sha256: string;
  createdAt: Date;
  /** When its bytes were removed, since they were kept long enough. */
  removedAt: Date | null;
}

/** A file as a tool handed it over; name and type are the tool's words. */
export interface IncomingFile {
  name: string;
  contentType: string;
  bytes: Uint8Array;
}

export const MAX_ARTIFACT_BYTES = 64 * 1024 * 1024;

/** A name that is one path segment, printable, of at most 120 characters. */
export function safeFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .normalize('NFC')
    // Control, bidirectional and other invisible characters can make a name look like another.
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"<>:|?*]/gu, '')
    .replace(/^\.+/, '')
    .trim();
  if (clean === '') return 'file';
  if (clean.length <= 120) return clean;
  const dot = clean.lastIndexOf('.');
  const ending = dot > 0 && clean.length - dot <= 12 ? clean.slice(dot) : '';
  return clean.slice(0, 120 - ending.length) + ending;
}

/** A media type (RFC 6838) or, for anything else, bytes of no known type. */
export function safeContentType(contentType: string): string {
  const clean = contentType.trim().toLowerCase();
  const form = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,80}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}(; ?charset=[a-z0-9_-]{1,40})?$/;
  return form.test(clean) ? clean : 'application/octet-stream';
}
