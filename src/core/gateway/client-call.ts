import { type ClientRequest, type Exchange, mayBeNoObject } from '@app/mcp-gateway';
import type { ListedTool } from '../registry/tool-state.js';
import type { GatewayCaller } from './gateway-caller.js';

/** A call of a tool, as a client asks for it. */
export interface ClientCall {
  caller: GatewayCaller;
  tool: ListedTool;
  arguments: Record<string, unknown>;
  request: ClientRequest;
  exchange: Exchange;
}

/**
 * Whether its client refuses an answer without structured content, as clients do that hold a tool to its output schema (MCP,
 * tools, "Output Schema"); what the answer says is lost then, unless it is an error.
 */
export const mustAnswerStructured = ({ tool }: ClientCall): boolean => tool.outputSchema !== undefined;

/** Whether its client, of the older era, was promised an object around what the tool answers. */
export const isPromisedWrapped = ({ tool: { outputSchema }, request }: ClientCall): boolean =>
  request.era === 'legacy' && outputSchema !== undefined && mayBeNoObject(outputSchema);
