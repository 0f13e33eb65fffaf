import { RESOURCE_SCOPES, type ResourcePlace, type Resources } from '../../core/oauth/resources.js';

const TITLES = {
  all: () => 'Switchyard',
  server: (name) => `Switchyard: ${name}`,
  toolset: (name) => `Switchyard: toolset ${name}`,
} satisfies Record<ResourcePlace['kind'], (name: string) => string>;

/** RFC 9728, 2; the same for each name, whether there is such a server or not. Undefined where no resource can be. */
export function describeResource(resources: Resources, path: string, host: string) {
  const found = resources.describe(path, host);
  if (!found) return undefined;
  const { resource, place } = found;
  return {
    resource,
    authorization_servers: [resources.issuer],
    scopes_supported: RESOURCE_SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: TITLES[place.kind](place.kind === 'all' ? '' : place.name),
  };
}
