import { isObject, type JsonObject } from './json/json.js';
import { CODES, ProtocolError } from './protocol-error.js';
import { offers } from './revisions.js';

/** What a client has to have declared to be asked that; undefined for what no client is asked. */
export function capabilityFor(method: unknown, params: unknown): readonly string[] | undefined {
  const asked = isObject(params) ? params : {};
  switch (method) {
    case 'elicitation/create':
      return ['elicitation', asked.mode === 'url' ? 'url' : 'form'];
    case 'sampling/createMessage':
      return asked.tools === undefined ? ['sampling'] : ['sampling', 'tools'];
    case 'roots/list':
      return ['roots'];
    default:
      return undefined;
  }
}

export function hasCapability(declared: JsonObject, path: readonly string[]): boolean {
  if (offers(declared, path)) return true;
  // Who says nothing of modes knows forms (2025-11-25, Elicitation, Capabilities).
  const isForm = path[0] === 'elicitation' && path[1] === 'form';
  return isForm && offers(declared, ['elicitation']) && !offers(declared, ['elicitation', 'url']);
}

/** @throws ProtocolError where the client has not declared it */
export function requireCapability(declared: JsonObject, path: readonly string[]): void {
  if (hasCapability(declared, path)) return;
  const requiredCapabilities = path.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), {});
  throw new ProtocolError(CODES.missingCapability, `The client does not have the capability ${path.join('.')}.`, {
    data: { requiredCapabilities },
  });
}
