import type { Soon } from '@app/soon';
import type { ClientRequest, ErrorReply, Listed, ListPage, Reply } from '../backend.js';
import type { Pieces } from '../json/pieces.js';
import type { EraRules } from '../requests.js';
import { replyResult } from './results.js';

/** The legacy era tells failures in the body alone. */
export const LEGACY_RULES: EraRules = {
  list: ({ json, nextCursor }: ListPage, what: Listed): Pieces => [
    `{"${what}":`,
    json,
    nextCursor === undefined ? '}' : `,"nextCursor":${JSON.stringify(nextCursor)}}`,
  ],
  reply: (request: ClientRequest, reply: Exclude<Reply, ErrorReply>): Soon<Pieces> => {
    if (reply.kind === 'result') return [replyResult(request.method, reply)];
    throw new Error(`A client of ${request.version} is asked while its request runs.`);
  },
  codeOf: (code) => code,
  statusOf: () => 200,
};
