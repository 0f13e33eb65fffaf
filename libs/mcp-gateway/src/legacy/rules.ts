import type { Soon } from '@app/soon';
import type { ClientRequest, ErrorReply, Listed, ListPage, Reply } from '../backend.js';
import type { Pieces } from '../json/pieces.js';
import type { EraRules } from '../requests.js';

/** The legacy era takes answers as they are, and tells failures in the body alone. */
export const LEGACY_RULES: EraRules = {
  list: ({ json, nextCursor }: ListPage, what: Listed): Pieces => [
    `{"${what}":`,
    json,
    nextCursor === undefined ? '}' : `,"nextCursor":${JSON.stringify(nextCursor)}}`,
  ],
  reply: (request: ClientRequest, reply: Exclude<Reply, ErrorReply>): Soon<Pieces> => {
    if (reply.kind === 'result') return [reply.text];
    throw new Error(`A client of ${request.version} is asked while its request runs.`);
  },
  codeOf: (code) => code,
  statusOf: () => 200,
};
