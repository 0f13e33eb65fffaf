import { toolPath } from './tool-words.js';

/** As a POSIX shell takes it for one word. */
export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const KEY = '"Authorization: Bearer $SWITCHYARD_KEY"';

/** The call for a terminal, by the Platform API. */
export function platformCurl(origin: string, serverId: string, tool: string, values: unknown): string {
  const body = JSON.stringify({ serviceId: serverId, toolName: tool, parameters: values });
  return curl(`${origin}/v1/mcp/execute/tool`, body);
}

/** The same call, by the Client API. */
export function clientCurl(origin: string, serverId: string, tool: string, values: unknown): string {
  return curl(`${origin}/api/v1${toolPath(serverId, tool)}/call`, JSON.stringify({ arguments: values }));
}

const curl = (url: string, body: string): string =>
  [`curl ${quoted(url)}`, `-H ${KEY}`, '-H "Content-Type: application/json"', `-d ${quoted(body)}`].join(' \\\n  ');
