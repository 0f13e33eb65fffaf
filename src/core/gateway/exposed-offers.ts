import type { RawResult } from '@app/mcp-client';
import type { ServerId } from '../../platform/ids.js';
import { exposeNames } from './exposed-names.js';
import { exposeUri } from './exposed-uris.js';

/** Something that a server offers beside tools. */
export interface Offer {
  serverId: ServerId;
  handle: string;
  item: RawResult;
}

/** Prompts of several servers, by the names that clients know. */
export const exposePrompts = (offers: readonly Offer[]): ReadonlyMap<string, Offer> =>
  exposeNames(offers, { handleOf: ({ handle }) => handle, nameOf: ({ item }) => String(item.name) });

/** Resources of several servers say of which one they are. */
export const exposeResources = (offers: readonly Offer[], member: 'uri' | 'uriTemplate'): RawResult[] =>
  offers.map(({ handle, item }) => ({ ...item, [member]: exposeUri(handle, String(item[member])) }));

/** The contents of a resource that was read. */
export const exposeContents = (result: RawResult, handle: string): RawResult => ({
  ...result,
  contents: mapObjects(result.contents, (content) => withUri(content, handle)),
});

/** What a tool or a prompt answered: links and resources in it can be read here, too. */
export const exposeLinks = (result: RawResult, handle: string): RawResult => ({
  ...result,
  ...(result.content !== undefined && { content: mapObjects(result.content, (block) => exposeBlock(block, handle)) }),
  ...(result.messages !== undefined && {
    messages: mapObjects(result.messages, (message) =>
      isObject(message.content) ? { ...message, content: exposeBlock(message.content, handle) } : message,
    ),
  }),
});

/** Whether there may be any, which one look at the text tells. */
export const mayHaveLinks = (text: string): boolean => text.includes('"resource');

function exposeBlock(block: RawResult, handle: string): RawResult {
  if (block.type === 'resource_link') return withUri(block, handle);
  return block.type === 'resource' && isObject(block.resource)
    ? { ...block, resource: withUri(block.resource, handle) }
    : block;
}

const withUri = (of: RawResult, handle: string): RawResult =>
  typeof of.uri === 'string' ? { ...of, uri: exposeUri(handle, of.uri) } : of;

const mapObjects = (list: unknown, change: (item: RawResult) => RawResult): unknown =>
  Array.isArray(list) ? list.map((item: unknown) => (isObject(item) ? change(item) : item)) : list;

const isObject = (value: unknown): value is RawResult =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
