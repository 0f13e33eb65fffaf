import type { OrganizationId } from '../../platform/ids.js';
import type { Role } from '../identity/principal.js';
import type { Caution } from './cautions.js';
import type { RedirectTarget } from './redirect-target.js';
import type { ResourcePlace, ResourceScope } from './resources.js';

/** What a client asks of a person, found right in its form. */
export interface AuthorizationRequest {
  /** Of the interaction: it is decided once. */
  uid: string;
  clientId: string;
  /** As the client calls itself, made plain. */
  clientName: string;
  redirectUri: string;
  /** The canonical address. */
  resource: string;
  place: ResourcePlace;
  scopes: ResourceScope[];
  /** The client wants the person to be asked, whatever is remembered. */
  mustAsk: boolean;
}

export interface AskedServer {
  id: string;
  name: string;
  /** Null for one that was never seen. */
  toolCount: number | null;
  /** Some of them, by what the server calls them. */
  tools: string[];
}

/** What is behind the resource, for a person in one of their organizations. */
export interface AskedContents {
  /** False: there is no such server or toolset here for this person. */
  isThere: boolean;
  /** Of the server or the toolset, as people know it; null for all servers, and where nothing is. */
  title: string | null;
  servers: AskedServer[];
  /** How many there are, beyond those that are listed. */
  serverCount: number;
}

/** All that a person has to know to decide. */
export interface ConsentQuestion {
  client: {
    id: string;
    name: string;
    /** Where its document is from; null for one that registered itself. */ host: string | null;
  };
  redirect: RedirectTarget;
  cautions: Caution[];
  resource: { identifier: string; place: ResourcePlace };
  scopes: ResourceScope[];
  /** Of those, which were not agreed to before; all at the first time. */
  newScopes: ResourceScope[];
  organizations: {
    id: OrganizationId;
    name: string;
    role: Role;
    /** The same was agreed to before, of a client that can be told from others. */ isRemembered: boolean;
  }[];
  organizationId: OrganizationId;
  contents: AskedContents;
  person: { username: string };
}
