import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import type { GrantId } from '../identity/client-grant.js';
import { ClientGrantsService } from '../identity/client-grants.service.js';
import type { OrganizationOfMember } from '../identity/organization.js';
import { OrganizationsService } from '../identity/organizations.service.js';
import type { Principal } from '../identity/principal.js';
import type { AuthorizationRequest, ConsentQuestion } from './authorization-request.js';
import { AuthorizationRecords } from './authorization-records.js';
import { cautionsOf } from './cautions.js';
import { ClientsService } from './clients.service.js';
import { ConsentsRepository } from './consents.repository.js';
import {
  authorizationNotFound,
  consentIsNotRemembered,
  nothingIsThere,
  organizationIsNotYours,
} from './oauth.errors.js';
import { readRedirectTarget, type RedirectTarget } from './redirect-target.js';
import { ResourceContents } from './resource-contents.js';
import type { ResourceScope } from './resources.js';

export interface Consent {
  organizationId: OrganizationId;
  /** Nobody was asked: it counts only for what was agreed to before. */
  isRemembered: boolean;
}

/** Whether a client is let in: what a person has to know, what they said, and what is remembered of it. */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentsRepository,
    private readonly records: AuthorizationRecords,
    private readonly clients: ClientsService,
    private readonly grants: ClientGrantsService,
    private readonly organizations: OrganizationsService,
    private readonly contents: ResourceContents,
    private readonly activity: Activity,
    private readonly clock: Clock,
  ) {}

  /** @param chosen the organization that is meant; where the person is now, unless given. @throws 404 */
  async ask(principal: Principal, request: AuthorizationRequest, chosen?: OrganizationId): Promise<ConsentQuestion> {
    const redirect = readRedirectTarget(request.redirectUri);
    if (!redirect) throw authorizationNotFound();
    const belongsTo = await this.organizations.list(principal);
    const remembered = await this.consents.list(principal.userId, request);
    const known = (id: OrganizationId) => remembered.get(id) ?? [];
    const organization = pick(belongsTo, chosen ?? principal.organizationId);
    const missingOf = (id: OrganizationId) => request.scopes.filter((scope) => !known(id).includes(scope));
    const client = { id: request.clientId, name: request.clientName, host: hostOf(request.clientId) };
    return {
      client,
      redirect,
      cautions: cautionsOf(client, redirect),
      resource: { identifier: request.resource, place: request.place },
      scopes: request.scopes,
      newScopes: missingOf(organization.id),
      organizations: belongsTo.map(({ id, name, role }) => ({
        id,
        name,
        role,
        isRemembered: mayRemember(request, redirect) && missingOf(id).length === 0,
      })),
      organizationId: organization.id,
      contents: await this.contents.describe(inside(principal, organization), request.place),
      person: { username: principal.username },
    };
  }

  /** @returns what the client is given. @throws 404, 409 */
  async allow(principal: Principal, request: AuthorizationRequest, consent: Consent): Promise<GrantId> {
    const organization = pick(await this.organizations.list(principal), consent.organizationId);
    const { isThere } = await this.contents.describe(inside(principal, organization), request.place);
    if (!isThere) throw nothingIsThere();
    return this.database.transaction(async () => {
      await this.claim(request);
      const { userId, username } = principal;
      if (consent.isRemembered) await this.requireRemembered(principal, request, organization.id);
      const { clientId, clientName, redirectUri, resource, scopes } = request;
      const given = { userId, username, clientId, clientName, redirectUri, resource, scopes };
      const grant = await this.grants.give({ ...given, organizationId: organization.id });
      await this.consents.remember(userId, organization.id, request, this.clock.now());
      await this.clients.noteUse(clientId);
      return grant.id;
    });
  }

  async deny(principal: Principal, request: AuthorizationRequest): Promise<void> {
    const { clientId, clientName, redirectUri, resource, scopes } = request;
    await this.database.transaction(async () => {
      await this.claim(request);
      await this.activity.record({
        organizationId: principal.organizationId,
        action: 'client.denied',
        subject: { kind: 'client', id: clientId, name: clientName },
        details: { clientId, redirectUri, resource, scopes },
      });
    });
  }

  /** Ends what a client was given; at its next request the person is asked again. @throws 404 */
  async disconnect(principal: Principal, id: GrantId): Promise<void> {
    await this.database.transaction(async () => {
      const { userId, organizationId, clientId } = await this.grants.revoke(principal, id);
      await this.consents.forget(userId, organizationId, clientId);
    });
  }

  /** At their next request all clients of the person ask again. */
  async forgetAll({ userId }: Principal): Promise<void> {
    await this.consents.forgetAll(userId);
  }

  /** Of several decisions at the same time one counts; it is taken back with its transaction. @throws 404 */
  private async claim({ uid }: AuthorizationRequest): Promise<void> {
    if (!(await this.records.consume('Interaction', uid))) throw authorizationNotFound();
  }

  private async requireRemembered(
    { userId }: Principal,
    request: AuthorizationRequest,
    organizationId: OrganizationId,
  ): Promise<void> {
    const known: ResourceScope[] = (await this.consents.list(userId, request)).get(organizationId) ?? [];
    const isKnown = request.scopes.every((scope) => known.includes(scope));
    const redirect = readRedirectTarget(request.redirectUri);
    if (!redirect || !mayRemember(request, redirect) || !isKnown) throw consentIsNotRemembered();
  }
}

/** At a machine's own address any program may answer: somebody has to see that it asks (RFC 8252, 8.6). */
const mayRemember = ({ mustAsk }: AuthorizationRequest, { kind }: RedirectTarget): boolean =>
  !mustAsk && kind === 'web';

function pick(organizations: readonly OrganizationOfMember[], id: OrganizationId): OrganizationOfMember {
  const found = organizations.find((organization) => organization.id === id);
  if (!found) throw organizationIsNotYours();
  return found;
}

/** The person as they are in one of their organizations. */
const inside = (principal: Principal, { id, role }: OrganizationOfMember): Principal => ({
  ...principal,
  organizationId: id,
  role,
});

/** An address as its id: whoever has the host says what the client is. */
const hostOf = (clientId: string): string | null => URL.parse(clientId)?.host || null;
