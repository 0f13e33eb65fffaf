import type { UpstreamSession } from '@app/mcp-client';
import type { Tracing } from '../../platform/tracing/tracing.js';
import type { ToolDefinition } from '../registry/tool-definition.js';

/** The one thing that leaves: the server is told which trace it belongs to. */
export function inCallSpan<Raw extends { isError?: boolean }>(
  tracing: Tracing,
  session: UpstreamSession,
  tool: ToolDefinition,
  work: (traceparent?: string) => Promise<Raw>,
): Promise<Raw> {
  if (!tracing.enabled) return work();
  const facts = {
    'mcp.method.name': 'tools/call',
    'mcp.protocol.version': session.protocol.version,
    'gen_ai.tool.name': tool.name,
    'app.server_id': tool.serverId,
  };
  return tracing.span(`tools/call ${tool.name}`, { kind: 'client', facts }, async (span) => {
    const raw = await work(tracing.current());
    if (raw.isError) span.failed('tool_error');
    return raw;
  });
}
