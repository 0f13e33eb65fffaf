import { isObject, type JsonObject } from './json/json.js';
import { CODES, ProtocolError } from './protocol-error.js';
import { offers } from './revisions.js';

/** What a client has to have declared to be asked that; undefined for what no client is asked. */
export function capabilityFor(method: unknown, params: unknown): readonly string[] | undefined {
  switch (method) {
    case 'elicitation/create':
      return isObject(params) && params.mode === 'url' ? ['elicitation', 'url'] : ['elicitation'];
    case 'sampling/createMessage':
      return ['sampling'];
    case 'roots/list':
      return ['roots'];
    default:
      return undefined;
  }
}

/** @throws ProtocolError where the client has not declared it */
export function requireCapability(declared: JsonObject, path: readonly string[]): void {
  if (offers(declared, path)) return;
  const requiredCapabilities = path.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), {});
  throw new ProtocolError(CODES.missingCapability, `The client does not have the capability ${path.join('.')}.`, {
    data: { requiredCapabilities },
  });
}
