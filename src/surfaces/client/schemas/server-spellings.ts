/** The names of the document's second draft, and the ones that they stand for. */
const FIELDS: Readonly<Record<string, string>> = {
  serverName: 'name',
  serverUrl: 'url',
  authMethod: 'auth_method',
  sslVerify: 'ssl_verify',
};
const CREDENTIALS: Readonly<Record<string, string>> = {
  apiKey: 'api_key',
  key: 'api_key',
  headerName: 'header',
  header_name: 'header',
  accessToken: 'access_token',
};
/** What we tell about a server and nobody sets; a client may send back the whole of what it got. */
const TOLD_ONLY = new Set([
  'id',
  'status',
  'created_at',
  'updated_at',
  'credentials_set',
  'latency',
  'last_checked',
  'status_reason',
  'tool_count',
  'protocol',
  'demo',
  'level',
  'account_status',
  'service_id',
  'circuit',
  'handle',
]);

/** Brings both spellings to one. A field that came in both is left, to be refused as unknown. */
export function toFirstSpelling(body: unknown): unknown {
  if (!isObject(body)) return body;
  const renamed = rename(body, FIELDS);
  if (renamed.auth_method === 'apiKey') renamed.auth_method = 'api_key';
  // A "token" is whatever the way to sign in wants.
  const token = renamed.auth_method === 'api_key' ? 'api_key' : 'access_token';
  if (isObject(renamed.credentials)) renamed.credentials = rename(renamed.credentials, { ...CREDENTIALS, token });
  return renamed;
}

export function withoutToldFields(body: unknown): unknown {
  if (!isObject(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !TOLD_ONLY.has(name)));
}

type Body = Record<string, unknown>;

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function rename(body: Body, names: Readonly<Record<string, string>>): Body {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const first = Object.hasOwn(names, name) ? names[name] : undefined;
      return [first === undefined || Object.hasOwn(body, first) ? name : first, value];
    }),
  );
}
