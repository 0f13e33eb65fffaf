import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { type Part, readPart } from './pieces.js';

export interface ObjectPlace {
  Bucket: string;
  Key: string;
}

/** For taking back what was sent of an upload that comes to nothing. */
const TAKE_BACK_MS = 15_000;

/** One object in parts, one part after another, so that memory holds two. Parts of a failed upload are removed. */
export class MultipartUpload {
  private readonly done: { PartNumber: number; ETag: string | undefined }[] = [];

  private constructor(
    private readonly client: S3Client,
    private readonly upload: ObjectPlace & { UploadId: string | undefined },
    private readonly abortSignal: AbortSignal,
  ) {}

  static async begin(client: S3Client, place: ObjectPlace, abortSignal: AbortSignal): Promise<MultipartUpload> {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(place), { abortSignal });
    return new MultipartUpload(client, { ...place, UploadId }, abortSignal);
  }

  /** @param begun the parts read so far, at least one */
  async send(begun: readonly Part[], more: AsyncGenerator<Part, undefined>): Promise<void> {
    try {
      const waiting = [...begun];
      for (let part = waiting.shift(); part; part = waiting.shift() ?? (part.last ? undefined : await readPart(more))) {
        // The bytes may end at the end of a part.
        if (part.bytes.byteLength > 0) await this.sendPart(part.bytes);
      }
      const command = new CompleteMultipartUploadCommand({ ...this.upload, MultipartUpload: { Parts: this.done } });
      await this.client.send(command, { abortSignal: this.abortSignal });
    } catch (error) {
      await this.takeBack();
      throw error;
    }
  }

  /** Whatever comes of it, the first fault is the one to tell; stores also sweep what was never completed. */
  private async takeBack(): Promise<void> {
    const scoped = new ScopedSignal([], TAKE_BACK_MS);
    const command = new AbortMultipartUploadCommand(this.upload);
    await this.client.send(command, { abortSignal: scoped.signal }).catch(() => undefined);
    scoped.end();
  }

  private async sendPart(bytes: Buffer): Promise<void> {
    const PartNumber = this.done.length + 1;
    const command = new UploadPartCommand({ ...this.upload, PartNumber, Body: bytes });
    const { ETag } = await this.client.send(command, { abortSignal: this.abortSignal });
    this.done.push({ PartNumber, ETag });
  }
}
