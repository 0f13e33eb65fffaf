import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { listenHere, stopListening } from './listening.js';

export const BUCKET = 'artifacts';

export interface TestStore {
  endpoint: string;
  /** Where it keeps its objects, one folder for each segment of a key. */
  folder: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** What the product is to be started with. */
  settings: Record<string, string>;
  /** From now on every request is answered with this fault; undefined: as it should. */
  failWith: (fault: { status: number; code: string } | undefined) => void;
  close: () => Promise<void>;
}

/** A real S3 server on the loopback, in this process, that also fails on demand. */
export async function startTestStore(): Promise<TestStore> {
  const directory = await mkdtemp(join(tmpdir(), 'switchyard-s3-'));
  const store = new S3rver({ silent: true, directory, configureBuckets: [{ name: BUCKET, configs: [] }] });
  await store.configureBuckets();
  const answer = store.callback();
  let failing: { status: number; code: string } | undefined;
  const http = createServer((request, response) => {
    if (!failing) return void answer(request, response);
    const body = `<?xml version="1.0"?><Error><Code>${failing.code}</Code><Message>As told.</Message></Error>`;
    request.resume().once('end', () => {
      response.writeHead(failing?.status ?? 500, { 'content-type': 'application/xml' }).end(body);
    });
  });
  const endpoint = await listenHere(http);
  const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  return {
    endpoint,
    folder: join(directory, BUCKET),
    credentials,
    settings: {
      S3_BUCKET: BUCKET,
      S3_ENDPOINT: endpoint,
      S3_ACCESS_KEY_ID: credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    failWith: (fault) => {
      failing = fault;
    },
    close: async () => {
      await stopListening(http);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
