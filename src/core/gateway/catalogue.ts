import type { ServerId } from '../../platform/ids.js';
import type { ListedTool } from '../registry/tool-state.js';
import { exposeNames } from './exposed-names.js';

/** A server whose tools somebody is offered. */
export interface OfferingServer {
  id: ServerId;
  handle: string;
  /** Those that may be called, in the server's order. */
  tools: readonly ListedTool[];
}

/** A tool, and of which server. */
export interface OfferedTool {
  handle: string;
  tool: ListedTool;
}

/** What a caller finds at a place. */
export interface Catalogue {
  servers: readonly OfferingServer[];
  /** By the name that clients know. */
  tools: ReadonlyMap<string, OfferedTool>;
  /** The JSON of the list, cut into pages of at most `PAGE_TOOLS`; at least one. */
  pages: readonly Buffer[];
  /** Differs where anything that a client sees differs. */
  version: string;
}

const PAGE_TOOLS = 1_000;

/** @param named whether tools are told apart by their server; else they are called as their server calls them */
export function buildCatalogue(servers: readonly OfferingServer[], { named }: { named: boolean }): Catalogue {
  const all = servers.flatMap(({ handle, tools }) => tools.map((tool) => ({ handle, tool })));
  const tools: ReadonlyMap<string, OfferedTool> = named
    ? exposeNames(all, { handleOf: ({ handle }) => handle, nameOf: ({ tool }) => tool.name })
    : new Map(all.map((one) => [one.tool.name, one]));
  return { servers, tools, pages: toPages(tools), version: versionOf(tools) };
}

/** Of everything in a list: the pins, and what decides nothing. */
const versionOf = (tools: ReadonlyMap<string, OfferedTool>): string =>
  JSON.stringify(
    [...tools].map(
      ([
        name,
        {
          tool: { pin, extras },
        },
      ]) => [name, pin, extras],
    ),
  );

function toPages(tools: ReadonlyMap<string, OfferedTool>): Buffer[] {
  const texts = [...tools].map(([name, { tool }]) => JSON.stringify(toOffer(name, tool)));
  const pages: Buffer[] = [];
  for (let from = 0; from === 0 || from < texts.length; from += PAGE_TOOLS) {
    pages.push(Buffer.from(`[${texts.slice(from, from + PAGE_TOOLS).join(',')}]`));
  }
  return pages;
}

/** A tool as its server describes it, under the name that it has here. */
const toOffer = (name: string, { extras, ...tool }: ListedTool): object => ({
  name,
  ...(tool.title !== tool.name && { title: tool.title }),
  ...(tool.description !== '' && { description: tool.description }),
  inputSchema: tool.inputSchema,
  ...(tool.outputSchema && { outputSchema: tool.outputSchema }),
  ...(Object.keys(tool.annotations).length > 0 && { annotations: tool.annotations }),
  ...extras,
});
