import type { Principal } from '../identity/principal.js';
import { pathOf, type Place } from './place.js';

/** Who calls, and where. */
export interface GatewayCaller {
  principal: Principal;
  place: Place;
}

/** The same text for the same credential at the same place. */
export const keyOf = ({ principal, place }: GatewayCaller): string =>
  `${principal.userId} ${principal.organizationId} ${principal.credentialId} ${pathOf(place)}`;
