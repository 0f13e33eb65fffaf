import { canonicalJson } from '@app/task-graph';
import { z } from 'zod';
import { APPROVAL_POLICIES } from '../approvals/approval-policy.js';
import { ACCESS_MODES } from '../registry/access.js';
import { FiledOAuth } from '../registry/oauth-input.js';
import { findRequestHeaderProblem } from '../registry/request-headers.js';
import {
  AUTH_METHODS,
  CHOSEN_TRANSPORTS,
  CLIENT_FEATURES,
  MAX_DESCRIPTION_LENGTH,
  MAX_NAME_LENGTH,
  MAX_TIMEOUT_SECONDS,
  MAX_URL_LENGTH,
} from '../registry/server.js';
import { findUrlProblem } from '../registry/server-url.js';
import { fileIsNotJson } from './server-file.errors.js';

export const MAX_SERVERS = 1_000;
const MAX_TOOLS = 500;
const MAX_HEADERS = 32;

const FileTool = z.strictObject({
  name: z.string().min(1).max(200),
  pin: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
  /** Overrides the server's; null: none. */
  approval_policy: z.enum(APPROVAL_POLICIES).nullable(),
  definition: z.record(z.string(), z.unknown()),
});

const unique = <Item>(what: string, nameOf: (item: Item) => string) =>
  [
    (items: readonly Item[]) => new Set(items.map(nameOf)).size === items.length,
    `must not name a ${what} twice`,
  ] as const;

const FileServer = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(MAX_NAME_LENGTH)
      .refine(
        (name) => name === name.trim() && !/\p{Cc}/u.test(name),
        'must not have control characters, or spaces around',
      ),
    description: z.string().max(MAX_DESCRIPTION_LENGTH).nullable(),
    url: z
      .string()
      .max(MAX_URL_LENGTH)
      .superRefine((url, context) => {
        const message = findUrlProblem(url);
        if (message) context.addIssue({ code: 'custom', message });
      }),
    transport: z.enum(CHOSEN_TRANSPORTS, {
      error: `must be one of ${CHOSEN_TRANSPORTS.join(', ')}: packages are set up from the catalogue, never from a file`,
    }),
    auth_method: z.enum(AUTH_METHODS),
    /** null: nobody signs in. Older files say nothing of it, as of `client_features`. */
    oauth: FiledOAuth.nullable().optional(),
    client_features: z
      .array(z.enum(CLIENT_FEATURES))
      .refine(...unique<string>('feature', (feature) => feature))
      .optional(),
    /** null: left out, since the value may be a secret. */
    request_headers: z.record(z.string(), z.string().nullable()).superRefine((headers, context) => {
      const entries = Object.entries(headers);
      if (entries.length > MAX_HEADERS) context.addIssue({ code: 'custom', message: `has more than ${MAX_HEADERS}` });
      for (const [name, value] of entries) {
        const message = findRequestHeaderProblem(name, value ?? '');
        if (message) context.addIssue({ code: 'custom', message, path: [name] });
      }
    }),
    secret_id: z.string().min(1).max(200).nullable(),
    timeout_seconds: z.int().min(1).max(MAX_TIMEOUT_SECONDS),
    ssl_verify: z.boolean(),
    approval_policy: z.enum(APPROVAL_POLICIES),
    access: z.enum(ACCESS_MODES),
    /** Parts of the URL may be secrets: then it is not whole. */
    url_is_whole: z.boolean(),
    tools: z
      .array(FileTool)
      .max(MAX_TOOLS)
      .refine(...unique<z.infer<typeof FileTool>>('tool', ({ name }) => name)),
  })
  .refine(({ auth_method, oauth }) => !oauth || auth_method === 'oauth', {
    error: 'goes with auth_method oauth only',
    path: ['oauth'],
  });
export type FileServer = z.infer<typeof FileServer>;

const described = {
  format: z.literal('switchyard.servers'),
  version: z.literal(1),
  /** Ed25519 (RFC 8032), SPKI, base64. */
  public_key: z.string().max(200),
  servers: z
    .array(FileServer)
    .max(MAX_SERVERS)
    .refine(...unique<FileServer>('server', ({ name }) => name.toLowerCase())),
  /** Servers that no file holds. */
  left_out: z
    .array(z.strictObject({ name: z.string().max(MAX_NAME_LENGTH), reason: z.enum(['package', 'demo']) }))
    .max(MAX_SERVERS),
};

export type UnsignedServerFile = z.infer<z.ZodObject<typeof described>>;

/** Servers and their tools, as a file: no secret, no id, no time, nobody's name. */
export const ServerFile = z
  .strictObject({
    ...described,
    signature: z.strictObject({
      algorithm: z.literal('ed25519'),
      /** The first 16 bytes, in hex, of the SHA-256 of the public key. */
      key_id: z.string().regex(/^[0-9a-f]{32}$/, 'must be 16 bytes in hex'),
      /** Base64; of the canonical JSON (RFC 8785) of all but `signature`. */
      value: z.string().max(200),
    }),
  })
  .meta({ id: 'ServerFile' });
export type ServerFile = z.infer<typeof ServerFile>;

/** What is signed. @throws 400 for what is nested too deeply, or no JSON that all read alike */
export function signedText(file: UnsignedServerFile & { signature?: unknown }): string {
  const { signature: _signature, ...unsigned } = file;
  const canonical = canonicalJson(unsigned);
  if (!canonical.ok) throw fileIsNotJson(canonical.problems[0]?.message ?? '');
  return canonical.json;
}

/** Members in the order of canonical JSON, all the way down. */
export const inCanonicalOrder = <File extends UnsignedServerFile>(file: File): File => {
  const canonical = canonicalJson(file);
  if (!canonical.ok) throw fileIsNotJson(canonical.problems[0]?.message ?? '');
  return JSON.parse(canonical.json) as File;
};
