import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Artifact } from '../../core/artifacts/artifact.js';
import type { ByteRange } from '../../core/artifacts/artifact-store.port.js';
import { ArtifactsService } from '../../core/artifacts/artifacts.service.js';
import type { ArtifactId } from '../../platform/ids.js';
import { AuthGuard } from '../pipeline/auth.guard.js';
import { contentDisposition } from './content-disposition.js';
import type { DownloadQuery } from './schemas/sessions.schemas.js';

/** What a file may do when a browser shows it: nothing. */
const SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:";

/** Types that a browser may show in place; everything else is saved. */
const SHOWN =
  /^(image\/(png|jpeg|gif|webp)|audio\/|video\/|application\/pdf|text\/(plain|csv|markdown)|application\/json)/;

/** Sends the bytes of artifacts: to their owner, or to who holds a signed link. */
@Injectable()
export class ArtifactDownloads {
  constructor(
    private readonly artifacts: ArtifactsService,
    private readonly guard: AuthGuard,
  ) {}

  async send(
    id: ArtifactId,
    query: z.infer<typeof DownloadQuery>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const artifact = await this.find(id, query, request);
    const etag = `"${artifact.sha256}"`;
    const isCurrent = isKnown(request.headers['if-none-match'], etag);
    const range = isCurrent ? undefined : readRange(request, artifact, etag);
    // Before the headers: what goes wrong here is answered as a problem, not as the file.
    const bytes = isCurrent || range === 'unsatisfiable' ? undefined : await this.artifacts.read(artifact, range);
    reply.headers({
      etag,
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=0, must-revalidate',
      'content-disposition': disposition(artifact),
      'content-security-policy': SANDBOX,
      'content-type': artifact.contentType,
      'x-content-type-options': 'nosniff',
    });
    if (isCurrent) return void (await reply.status(304).send());
    if (range === 'unsatisfiable') {
      return void (await reply.status(416).header('content-range', `bytes */${artifact.size}`).send(''));
    }
    if (range) {
      reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${artifact.size}`);
    }
    reply.header('content-length', range ? range.end - range.start + 1 : artifact.size);
    await reply.send(bytes);
  }

  private async find(
    id: ArtifactId,
    { expires, signature }: z.infer<typeof DownloadQuery>,
    request: FastifyRequest,
  ): Promise<Artifact> {
    if (expires !== undefined && signature !== undefined) return this.artifacts.getByLink(id, { expires, signature });
    const principal = await this.guard.admit(request, 'artifacts.read');
    return this.artifacts.get(principal, id);
  }
}

function disposition({ name, contentType }: Artifact): string {
  return contentDisposition(SHOWN.test(contentType) ? 'inline' : 'attachment', name);
}

/** RFC 9110, section 13.1.2: any of a list, compared weakly, or whatever there is. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

/** One range of bytes (RFC 9110, section 14); several, or other units, are answered with the whole. */
function readRange(request: FastifyRequest, { size }: Artifact, etag: string): ByteRange | 'unsatisfiable' | undefined {
  const { range, 'if-range': ifRange } = request.headers;
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const match = /^bytes=(\d*)-(\d*)$/.exec(range);
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [from, to] = [match[1] ?? '', match[2] ?? ''];
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  // The other way round it is no range at all, and a range that is none is ignored.
  if (from !== '' && to !== '' && Number(to) < start) return undefined;
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}
