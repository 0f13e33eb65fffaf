import { z } from 'zod';

const issues = z.array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() }));
const text = z.string().min(1);

/** What every dialect says, wherever it says it. */
export interface Said {
  code: string;
  message: string;
  errors: z.infer<typeof issues>;
  requestId: string;
  takenSince?: unknown;
}

const Problem = z
  .object({
    type: text,
    title: text,
    status: z.number(),
    detail: text,
    instance: text,
    code: text,
    errors: issues,
    request_id: text,
    retryable: z.boolean(),
    taken_since: z.number().optional(),
  })
  .transform(({ code, detail: message, errors, request_id: requestId, taken_since: takenSince }): Said => ({
    ...{ code, message, errors, requestId, takenSince },
  }));
const details = z.object({ errors: issues, requestId: text, takenSince: z.number().optional() });
const Platform = z
  .strictObject({ success: z.literal(false), error: z.strictObject({ code: text, message: text, details }) })
  .transform(({ error: { code, message, details: more } }): Said => ({ code, message, ...more }));
export const Builder = z
  .strictObject({ error: z.strictObject({ code: text, message: text, details }) })
  .transform(({ error: { code, message, details: more } }): Said => ({ code, message, ...more }));
const Registration = z
  .strictObject({
    message: text,
    status: z.literal('error'),
    error: z.strictObject({
      code: text,
      details: z.object({ errors: issues, request_id: text, taken_since: z.number().optional() }),
    }),
    data: z.null(),
  })
  .transform(({ message, error: { code, details: more } }): Said => ({
    ...{ code, message, errors: more.errors, requestId: more.request_id, takenSince: more.taken_since },
  }));

export interface Dialect {
  name: string;
  /** Where the probe is. */
  at: string;
  form: z.ZodType<Said>;
  mediaType: string;
  challenge: string;
  /** Of a shape that could be right. */
  refused: Record<string, string>;
  malformed: Record<string, string>;
  two?: Record<string, string>;
  /** Where a name and a first name are in its bodies. */
  places: [string, string];
  /** Its words for ours. */
  words: Record<string, string>;
}

const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';
const bearer = { refused: { authorization: 'Bearer hush' }, malformed: { authorization: 'Basic YTpi' } };
const twoHeaders = { two: { authorization: 'Bearer hush, ApiKey hush2' } };
const PLATFORM_WORDS = {
  ROUTE_NOT_FOUND: 'RESOURCE_NOT_FOUND',
  BAD_URL: 'VALIDATION_ERROR',
  BODY_NOT_JSON: 'VALIDATION_ERROR',
  HEADER_REPEATED: 'VALIDATION_ERROR',
  TWO_CREDENTIALS: 'VALIDATION_ERROR',
  CREDENTIAL_MISSING: 'AUTH_TOKEN_INVALID',
  CREDENTIAL_MALFORMED: 'AUTH_TOKEN_INVALID',
  TOKEN_INVALID: 'AUTH_TOKEN_INVALID',
  RATE_LIMITED: 'RATE_LIMIT_EXCEEDED',
  INTERNAL_ERROR: 'INTERNAL_SERVER_ERROR',
};

export const DIALECTS: Dialect[] = [
  {
    ...{ name: 'client', at: '/api/v1/probe', form: Problem, mediaType: PROBLEM_TYPE, challenge: 'Bearer' },
    ...{ ...bearer, ...twoHeaders, places: ['/name', '/first_name'], words: {} },
  },
  {
    ...{ name: 'admin', at: '/api/probe', form: Problem, mediaType: PROBLEM_TYPE, challenge: 'Bearer' },
    ...{ ...bearer, ...twoHeaders, places: ['/name', '/first_name'], words: {} },
  },
  {
    ...{ name: 'platform', at: '/v1/probe', form: Platform, mediaType: JSON_TYPE, challenge: 'Bearer, ApiKey' },
    ...{ ...bearer, ...twoHeaders, places: ['/name', '/firstName'], words: PLATFORM_WORDS },
  },
  {
    ...{ name: 'builder', at: '/v1/servers/probe', form: Builder, mediaType: JSON_TYPE, challenge: 'Cookie' },
    refused: { cookie: 'other=1; switchyard=hush' },
    malformed: { cookie: 'switchyard=' },
    two: { cookie: 'switchyard=hush; switchyard=hush2' },
    places: ['/name', '/firstName'],
    words: { CREDENTIAL_MALFORMED: 'CREDENTIAL_MISSING', TOKEN_INVALID: 'SESSION_ENDED' },
  },
  {
    ...{ name: 'registration', at: '/api/mcp-servers/probe', form: Registration, mediaType: JSON_TYPE },
    challenge: 'ApiKeyPair',
    refused: { 'x-api-key': 'key_hush', 'x-api-secret': 'mcp_sk_hush' },
    malformed: { 'x-api-key': 'key_hush' },
    places: ['/config/name', '/first_name'],
    words: { CREDENTIAL_MALFORMED: 'CREDENTIAL_INCOMPLETE', TOKEN_INVALID: 'KEY_INVALID' },
  },
];
