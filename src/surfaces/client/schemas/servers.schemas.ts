import { z } from 'zod';
import { APPROVAL_POLICIES } from '../../../core/approvals/approval-policy.js';
import type { ConnectionToTest } from '../../../core/registry/connection-tests.service.js';
import { findHeaderProblem, findSchemeProblem, findSecretProblem } from '../../../core/registry/credentials.js';
import { OAuthBody } from '../../../core/registry/oauth-input.js';
import { RequestHeaders } from '../../../core/registry/request-headers.js';
import {
  AUTH_METHODS,
  DEFAULT_TIMEOUT_SECONDS,
  MAX_DESCRIPTION_LENGTH,
  MAX_NAME_LENGTH,
} from '../../../core/registry/server.js';
import {
  CHOSEN_TRANSPORTS,
  CLIENT_FEATURES,
  MAX_TIMEOUT_SECONDS,
  MAX_URL_LENGTH,
} from '../../../core/registry/server.js';
import { SERVER_TRANSPORTS } from '../../../core/registry/server.js';
import { readPackageUrl } from '../../../core/registry/package-url.js';
import { findUrlProblem } from '../../../core/registry/server-url.js';
import type { NewServer, ServerChange } from '../../../core/registry/servers.service.js';
import { toFirstSpelling, withoutToldFields } from './server-spellings.js';

/** A schema's rule from a function that says what is wrong. */
const passing = (findProblem: (value: string) => string | undefined) => (context: z.core.ParsePayload<string>) => {
  const problem = findProblem(context.value);
  if (problem) context.issues.push({ code: 'custom', message: problem, input: undefined });
};

const secret = z.string().trim().check(passing(findSecretProblem)).meta({ writeOnly: true });

const credentials = z
  .strictObject({
    api_key: secret.optional().meta({ description: 'Of auth_method api_key.' }),
    header: z
      .string()
      .trim()
      .check(passing((name) => (name === '' ? undefined : findHeaderProblem(name))))
      .optional()
      .meta({ description: 'The header that carries the API key. Default Authorization.' }),
    scheme: z
      .string()
      .trim()
      .check(passing(findSchemeProblem))
      .optional()
      .meta({ description: 'Before the key. Default Bearer in Authorization, nothing in another header.' }),
    access_token: secret.optional().meta({
      description: 'Of auth_method oauth: one that you got elsewhere, and renew yourself. Without it accounts sign in.',
    }),
  })
  .nullish()
  .transform((value) =>
    value
      ? { apiKey: value.api_key, header: value.header, scheme: value.scheme, accessToken: value.access_token }
      : undefined,
  );

const fields = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(MAX_NAME_LENGTH)
    .refine((name) => !/\p{Cc}/u.test(name), 'must not have control characters'),
  url: z
    .string()
    .trim()
    .max(MAX_URL_LENGTH)
    .check(passing(findUrlProblem))
    .meta({ example: 'https://example.com/mcp' }),
  auth_method: z.enum(AUTH_METHODS),
  credentials,
  oauth: OAuthBody,
  timeout: z.int().min(1).max(MAX_TIMEOUT_SECONDS).meta({ description: 'Seconds.' }),
  ssl_verify: z.boolean(),
  transport: z.enum(CHOSEN_TRANSPORTS).meta({ description: 'auto: Streamable HTTP, else HTTP+SSE.' }),
  approval_policy: z.enum(APPROVAL_POLICIES),
  description: z.string().trim().max(MAX_DESCRIPTION_LENGTH).meta({ description: 'For people.' }),
  request_headers: RequestHeaders,
  client_features: z.array(z.enum(CLIENT_FEATURES)).max(CLIENT_FEATURES.length).meta({
    description: 'What the server may ask of MCP clients that come through the gateway; nothing unless chosen.',
  }),
};

/** A package keeps what it has; a client may send back the whole of what it got. */
const changedFields = {
  ...fields,
  url: z
    .string()
    .trim()
    .max(MAX_URL_LENGTH)
    .check(passing((url) => (readPackageUrl(url) ? undefined : findUrlProblem(url)))),
  transport: z.enum(SERVER_TRANSPORTS).meta({ description: '`stdio` only for a package, which has it.' }),
  description: fields.description.nullable(),
};

const SPELLINGS =
  'The spellings serverName, serverUrl, authMethod ("apiKey"), sslVerify and credentials.apiKey are accepted too.';

const withDefaults = {
  timeout: fields.timeout.default(DEFAULT_TIMEOUT_SECONDS),
  ssl_verify: fields.ssl_verify.default(true),
  transport: fields.transport.default('auto'),
};

export const ServerCreate = z
  .preprocess(
    toFirstSpelling,
    z
      .strictObject({
        ...fields,
        ...withDefaults,
        approval_policy: fields.approval_policy.optional(),
        description: fields.description.nullish(),
        request_headers: fields.request_headers.optional(),
        client_features: fields.client_features.optional(),
      })
      .transform((body): NewServer => ({
        name: body.name,
        url: body.url,
        authMethod: body.auth_method,
        credentials: body.credentials,
        oauth: body.oauth,
        timeout: body.timeout,
        sslVerify: body.ssl_verify,
        transport: body.transport,
        approvalPolicy: body.approval_policy,
        description: body.description ?? undefined,
        requestHeaders: body.request_headers,
        clientFeatures: body.client_features,
      })),
  )
  .meta({ id: 'McpServerCreate', description: SPELLINGS });

export const ServerUpdate = z
  .preprocess(
    (body) => withoutToldFields(toFirstSpelling(body)),
    z
      .strictObject(changedFields)
      .partial()
      .transform((body): ServerChange => ({
        description: body.description === '' ? null : body.description,
        requestHeaders: body.request_headers,
        clientFeatures: body.client_features,
        name: body.name,
        url: body.url,
        authMethod: body.auth_method,
        credentials: body.credentials,
        oauth: body.oauth,
        timeout: body.timeout,
        sslVerify: body.ssl_verify,
        transport: body.transport,
        approvalPolicy: body.approval_policy,
      })),
  )
  .meta({
    id: 'McpServerUpdate',
    description: `What is absent stays. Stored credentials stay until others are sent or auth_method changes; for a URL of another origin they must be sent again. ${SPELLINGS}`,
  });

/** The body of a create is welcome here too: what a test does not need is not looked at. */
export const ServerTest = z
  .preprocess(
    toFirstSpelling,
    z
      .strictObject({
        ...fields,
        ...withDefaults,
        name: z.unknown().optional(),
        approval_policy: z.unknown().optional(),
        description: z.unknown().optional(),
        request_headers: z.unknown().optional(),
        client_features: z.unknown().optional(),
        oauth: z.unknown().optional(),
      })
      .transform((body): ConnectionToTest => ({
        url: body.url,
        authMethod: body.auth_method,
        credentials: body.credentials,
        timeout: body.timeout,
        sslVerify: body.ssl_verify,
        transport: body.transport,
      })),
  )
  .meta({ id: 'McpServerTest', description: SPELLINGS });
