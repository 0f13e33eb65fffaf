import { type Era, mayBeNoObject, wrapSchema } from '@app/mcp-gateway';
import type { ServerId } from '../../platform/ids.js';
import type { Presentation } from '../identity/presentation.js';
import type { ListedTool } from '../registry/tool-state.js';
import type { OfferedTool } from '../toolsets/toolset-offer.js';
import { doesCompile } from './checked-schemas.js';
import { exposeNames } from './exposed-names.js';
import { readableExtras, readableObjectSchema, readableOutputSchema } from './readable-offers.js';
import { SEARCH_TOOLS } from './search-tools.js';

/** A server whose tools somebody is offered. */
export interface OfferingServer {
  id: ServerId;
  name: string;
  handle: string;
  /** In the server's order. */
  tools: readonly ListedTool[];
}

/** What a caller finds at a place. */
export interface Catalogue {
  /** Those whose resources and prompts are here, too. */
  servers: readonly OfferingServer[];
  /** By the name that clients know. */
  tools: ReadonlyMap<string, OfferedTool>;
  /** That there are, but not for calls now: somebody has to look at them, or they are not the caller's. A call learns why. */
  withheld: ReadonlyMap<string, OfferedTool>;
  /** Those that may be called, in their order. */
  offered: readonly OfferedTool[];
  presentation: Presentation;
  /** The JSON of the list as each era reads it, cut into pages of at most `PAGE_TOOLS`; at least one. */
  pages: Readonly<Record<Era, readonly Buffer[]>>;
  /** Differs where anything that a client sees differs. */
  version: string;
}

const PAGE_TOOLS = 1_000;

/** Tools of servers: told apart by them, or called as their only server calls them. */
export function nameTools(servers: readonly OfferingServer[], { apart }: { apart: boolean }): OfferedTool[] {
  const all = servers.flatMap((server) => server.tools.map((tool) => ({ server, tool })));
  const exposed = apart
    ? exposeNames(all, { handleOf: ({ server }) => server.handle, nameOf: ({ tool }) => tool.name })
    : new Map(all.map((one) => [one.tool.name, one]));
  return [...exposed].map(([name, { server, tool }]) => ({
    serverId: server.id,
    serverName: server.name,
    tool,
    name,
    title: tool.title,
    description: tool.description,
  }));
}

export function buildCatalogue(
  servers: readonly OfferingServer[],
  named: readonly OfferedTool[],
  { isOffered, presentation }: { isOffered: (tool: ListedTool) => boolean; presentation: Presentation },
): Catalogue {
  const offered = named.filter(({ tool }) => isOffered(tool));
  const others = named.filter(({ tool }) => !isOffered(tool));
  const [tools, withheld] = [byName(offered), byName(others)];
  const shown: readonly Definition[] = presentation === 'search' ? SEARCH_TOOLS : offered.map(toDefinition);
  const modern = toPages(shown);
  const older =
    presentation === 'search' ? shown : offered.map(({ tool }, at) => toOlder(shown[at] as Definition, tool));
  const legacy = older.some((definition, at) => definition !== shown[at]) ? toPages(older) : modern;
  const version = versionOf(offered, presentation);
  return { servers, tools, withheld, offered, presentation, pages: { modern, legacy }, version };
}

const byName = (tools: readonly OfferedTool[]) => new Map(tools.map((one) => [one.name, one]));

/** Of everything in a list: the pins, the words that are ours, and what decides nothing. */
const versionOf = (offered: readonly OfferedTool[], presentation: Presentation): string =>
  JSON.stringify([
    presentation,
    ...offered.map(({ name, title, description, tool }) => [name, title, description, tool.pin, tool.extras]),
  ]);

function toPages(definitions: readonly object[]): Buffer[] {
  const texts = definitions.map((definition) => JSON.stringify(definition));
  const pages: Buffer[] = [];
  for (let from = 0; from === 0 || from < texts.length; from += PAGE_TOOLS) {
    pages.push(Buffer.from(`[${texts.slice(from, from + PAGE_TOOLS).join(',')}]`));
  }
  return pages;
}

/** A tool as its server describes it, under the name and with the words that it has here. */
interface Definition {
  name: string;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown>;
  [member: string]: unknown;
}

/** The same for a client of that era. */
export const definitionFor = (era: Era, offered: OfferedTool): Definition => {
  const definition = toDefinition(offered);
  return era === 'legacy' ? toOlder(definition, offered.tool) : definition;
};

function toOlder(definition: Definition, { pin }: ListedTool): Definition {
  const { outputSchema, ...rest } = definition;
  if (outputSchema === undefined) return definition;
  if (!doesCompile(pin, outputSchema)) return rest;
  return mayBeNoObject(outputSchema) ? { ...definition, outputSchema: wrapSchema(outputSchema) } : definition;
}

const toDefinition = ({ name, title, description, tool }: OfferedTool): Definition => ({
  name,
  ...(title !== tool.name && { title }),
  ...(description !== '' && { description }),
  inputSchema: readableObjectSchema(tool.inputSchema),
  ...(tool.outputSchema && { outputSchema: readableOutputSchema(tool.outputSchema) }),
  ...(Object.keys(tool.annotations).length > 0 && { annotations: tool.annotations }),
  ...readableExtras(tool.extras),
});
