import type { FiledServer, ServerConfiguration } from '../registry/filed-servers.service.js';
import type { FiledTool } from '../registry/filed-tool.js';
import { DEFAULT_OAUTH } from '../registry/oauth-settings.js';
import { fromFiledOAuth, toOAuthView } from '../registry/oauth-input.js';
import type { McpServer } from '../registry/server.js';
import { pinAll } from '../registry/tool-definition.js';
import type { FileServer } from './server-file.js';
import { toolIsNotAsPinned } from './server-file.errors.js';
import { withoutSecretHeaders, withoutSecretParts } from './server-file-secrets.js';

/** Why no file holds it, or undefined. */
export function findReasonToLeaveOut({ demo, transport }: McpServer): 'package' | 'demo' | undefined {
  if (demo) return 'demo';
  return transport === 'stdio' ? 'package' : undefined;
}

export function toFileServer({ server, tools }: FiledServer): FileServer {
  const { url, isWhole } = withoutSecretParts(server.url);
  return {
    name: server.name,
    description: server.description,
    url,
    url_is_whole: isWhole,
    transport: server.transport === 'stdio' ? 'auto' : server.transport,
    auth_method: server.authMethod,
    oauth: toOAuthView(server.oauth),
    client_features: [...server.clientFeatures],
    request_headers: withoutSecretHeaders(server.requestHeaders),
    secret_id: server.secretId,
    timeout_seconds: server.timeout,
    ssl_verify: server.sslVerify,
    approval_policy: server.approvalPolicy,
    access: server.access,
    tools: tools.map(({ name, pin, approvalPolicy, definition }) => ({
      name,
      pin,
      approval_policy: approvalPolicy,
      definition: { ...definition },
    })),
  };
}

/** As it is here, with what a file would leave out: what the file's server is compared with. */
export const toWholeFileServer = (found: FiledServer): FileServer => ({
  ...toFileServer(found),
  url: found.server.url,
  url_is_whole: true,
  request_headers: { ...found.server.requestHeaders },
});

/** Headers that the file leaves out are not there until somebody enters them. */
export const toConfiguration = (server: FileServer): ServerConfiguration => ({
  name: server.name,
  description: server.description,
  url: server.url,
  transport: server.transport,
  authMethod: server.auth_method,
  oauth: toSignIn(server),
  clientFeatures: server.client_features ?? [],
  requestHeaders: Object.fromEntries(
    Object.entries(server.request_headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  ),
  secretId: server.secret_id,
  timeout: server.timeout_seconds,
  sslVerify: server.ssl_verify,
  approvalPolicy: server.approval_policy,
  access: server.access,
});

/** Where a file says nothing of it, somebody signs in as is usual: it has no token. */
function toSignIn({ auth_method, oauth }: FileServer): ServerConfiguration['oauth'] {
  if (auth_method !== 'oauth' || oauth === null) return null;
  return oauth ? fromFiledOAuth(oauth) : DEFAULT_OAUTH;
}

/** @throws 400 where a pin is not that of the definition beside it */
export function readTools(server: FileServer, index: number): FiledTool[] {
  return server.tools.map(({ name, pin, approval_policy, definition }, place) => {
    const [read] = pinAll([{ ...definition, name: String(definition.name) }]).snapshots;
    if (read?.pin !== pin || read.definition.name !== name) {
      throw toolIsNotAsPinned(`/servers/${index}/tools/${place}/pin`);
    }
    return { name, pin, definition: read.definition, approvalPolicy: approval_policy };
  });
}
