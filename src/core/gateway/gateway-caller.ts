import type { Principal } from '../identity/principal.js';
import { pathOf, type Place } from './place.js';

/** Who calls, and where. */
export interface GatewayCaller {
  principal: Principal;
  place: Place;
  /** The same text for the same credential at the same place. */
  key: string;
}

/** For as long as a principal is kept: a text that is put together anew has to be hashed anew wherever it is looked up. */
const known = new WeakMap<Principal, GatewayCaller>();

export function callerAt(principal: Principal, place: Place): GatewayCaller {
  const before = known.get(principal);
  const path = pathOf(place);
  if (before && pathOf(before.place) === path) return before;
  const { userId, organizationId, credentialId } = principal;
  const caller = { principal, place, key: `${userId} ${organizationId} ${credentialId} ${path}` };
  known.set(principal, caller);
  return caller;
}
