import type {
  ApprovalPolicy,
  AuthMethod,
  ClientFeature,
  McpServer,
  OAuthSettings,
  ServerForm,
  Transport,
} from '../api/types.js';
import type { Pasted } from './parse-paste.js';

/** The form as typed; secrets are never kept anywhere else. */
export interface Draft {
  name: string;
  url: string;
  /** `access_token`: one that somebody got elsewhere; the API has it as `oauth`, too. */
  auth_method: AuthMethod | 'access_token';
  secret: string;
  /** Of `oauth`. */
  account: OAuthSettings['account'] | 'machine';
  client_id: string;
  scopes: string;
  header: string;
  scheme: string;
  timeout: string;
  ssl_verify: boolean;
  transport: Transport;
  approval_policy: ApprovalPolicy;
  description: string;
  /** A line each: `Name: value`. */
  headers: string;
  client_features: ClientFeature[];
}

export const EMPTY_DRAFT: Draft = {
  name: '',
  url: '',
  auth_method: 'none',
  secret: '',
  account: 'shared',
  client_id: '',
  scopes: '',
  header: '',
  scheme: '',
  timeout: '30',
  ssl_verify: true,
  transport: 'auto',
  approval_policy: 'require_approval_all',
  description: '',
  headers: '',
  client_features: [],
};

export function draftOf(server: McpServer): Draft {
  return {
    ...EMPTY_DRAFT,
    name: server.name,
    url: server.url,
    auth_method: server.auth_method === 'oauth' && !server.oauth ? 'access_token' : server.auth_method,
    account: server.oauth?.grant === 'client_credentials' ? 'machine' : (server.oauth?.account ?? 'shared'),
    client_id: server.oauth?.client_id ?? '',
    scopes: server.oauth?.scopes?.join(' ') ?? '',
    timeout: String(server.timeout),
    ssl_verify: server.ssl_verify,
    transport: server.transport ?? 'auto',
    approval_policy: server.approval_policy ?? 'require_approval_all',
    description: server.description ?? '',
    headers: Object.entries(server.request_headers ?? {})
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    client_features: server.client_features ?? [],
  };
}

/** A stored credential is never sent to another origin: it has to be entered again with such a URL. */
export function leadsElsewhere(saved: string, typed: string): boolean {
  return URL.canParse(typed) && URL.canParse(saved) && new URL(typed).origin !== new URL(saved).origin;
}

/** Another address or another way to sign in makes it another account. */
export function endsSignIns(server: McpServer, draft: Draft): boolean {
  const before = draftOf(server);
  const parts = ['url', 'auth_method', 'account', 'client_id', 'scopes', 'secret'] as const;
  return server.oauth != null && parts.some((part) => draft[part].trim() !== before[part]);
}

export function withPasted(draft: Draft, { name, url, transport, header }: Pasted): Draft {
  const next = { ...draft, name: name ?? draft.name, url: url ?? draft.url, transport: transport ?? draft.transport };
  if (!header) return next;
  const bearer = /^bearer\s+(.*)$/i.exec(header.value);
  if (header.name.toLowerCase() === 'authorization' && bearer) {
    return { ...next, auth_method: 'access_token', secret: bearer[1] ?? '' };
  }
  return { ...next, auth_method: 'api_key', secret: header.value, header: header.name };
}

/** Headers as typed; a line without a colon is a name without a value, which the server will refuse by its name. */
export function readHeaders(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(/:(.*)/s);
      return [name.trim(), value.trim()];
    }),
  );
}

/** What an edit sends: what was emptied is emptied there, too. */
export const toChange = (draft: Draft): ServerForm => ({
  ...toForm(draft),
  description: draft.description.trim() || null,
  request_headers: readHeaders(draft.headers),
  client_features: draft.client_features,
});

/** The request body. An empty secret is left out, which keeps the stored one on an edit. */
export function toForm(draft: Draft): ServerForm {
  const form: ServerForm = {
    name: draft.name.trim(),
    url: draft.url.trim(),
    auth_method: draft.auth_method === 'access_token' ? 'oauth' : draft.auth_method,
    timeout: Number(draft.timeout) || 30,
    ssl_verify: draft.ssl_verify,
    transport: draft.transport,
    approval_policy: draft.approval_policy,
    ...(draft.description.trim() === '' ? {} : { description: draft.description.trim() }),
    ...(draft.headers.trim() === '' ? {} : { request_headers: readHeaders(draft.headers) }),
    ...(draft.client_features.length === 0 ? {} : { client_features: draft.client_features }),
  };
  if (draft.auth_method === 'oauth') return { ...form, oauth: signInOf(draft) };
  if (draft.auth_method === 'none' || draft.secret === '') return form;
  if (draft.auth_method === 'access_token') return { ...form, credentials: { access_token: draft.secret } };
  const credentials = {
    api_key: draft.secret,
    ...(draft.header === '' ? {} : { header: draft.header }),
    ...(draft.scheme === '' ? {} : { scheme: draft.scheme }),
  };
  return { ...form, credentials };
}

function signInOf({ account, client_id, scopes, secret }: Draft): NonNullable<ServerForm['oauth']> {
  const isMachine = account === 'machine';
  // In PEM form, or a JWK.
  const isKey = /^\s*(-----BEGIN |\{[^]*"kty")/.test(secret);
  const names = scopes.split(/\s+/).filter((scope) => scope !== '');
  return {
    account: isMachine ? 'shared' : account,
    grant: isMachine ? 'client_credentials' : 'authorization_code',
    client_id: client_id.trim() === '' ? null : client_id.trim(),
    scopes: names.length > 0 ? names : null,
    ...(secret === '' ? {} : isKey ? { private_key: secret } : { client_secret: secret }),
  };
}
