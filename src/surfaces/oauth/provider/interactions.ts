import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { errors } from 'oidc-provider';
import type { AuthorizationRequest } from '../../../core/oauth/authorization-request.js';
import { shownName } from '../../../core/oauth/client-metadata.js';
import { authorizationNotFound } from '../../../core/oauth/oauth.errors.js';
import { RESOURCE_SCOPES, Resources } from '../../../core/oauth/resources.js';
import { AuthorizationServer } from './authorization-server.js';

/** The two halves of one exchange: the request brings the cookie of whoever began the authorization. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

export interface Undecided {
  request: AuthorizationRequest;
  /** Where the browser goes on; undefined until it is decided. */
  onward: string | undefined;
}

export type Decided = { userId: string; grantId: string } | 'denied';

/** Authorizations that wait for a person: only the browser that began one can see it, or go on with it. */
@Injectable()
export class Interactions {
  constructor(
    private readonly server: AuthorizationServer,
    private readonly resources: Resources,
  ) {}

  /** @throws 404 for one that is over, and for another browser's */
  async find(uid: string, { request, response }: Exchange): Promise<Undecided> {
    const provider = await this.server.provider();
    const details = await provider.interactionDetails(request, response).catch(asNotFound);
    const { params, result } = details;
    const resource = this.resources.read(String(params.resource));
    const client = await provider.Client.find(String(params.client_id)).catch(() => undefined);
    if (details.uid !== uid || !resource || !client) throw authorizationNotFound();
    const asked = String(params.scope).split(' ');
    return {
      onward: result === undefined ? undefined : pathOf(details.returnTo),
      request: {
        uid,
        clientId: client.clientId,
        clientName: shownName(client.clientName, client.clientId),
        redirectUri: String(params.redirect_uri),
        resource: resource.identifier,
        place: resource.place,
        scopes: RESOURCE_SCOPES.filter((scope) => asked.includes(scope)),
        mustAsk: params.prompt !== undefined,
      },
    };
  }

  /** @returns where the browser goes on; of this very origin */
  async finish({ request, response }: Exchange, decided: Decided): Promise<string> {
    const provider = await this.server.provider();
    const result =
      decided === 'denied'
        ? { error: 'access_denied', error_description: 'the person did not allow it' }
        : { login: { accountId: decided.userId, remember: false }, consent: { grantId: decided.grantId } };
    const returnTo = await provider
      .interactionResult(request, response, result, { mergeWithLastSubmission: false })
      .catch(asNotFound);
    return pathOf(returnTo);
  }
}

/** The browser stays at the name by which it came. */
const pathOf = (address: string): string => new URL(address).pathname;

function asNotFound(error: unknown): never {
  throw error instanceof errors.SessionNotFound ? authorizationNotFound() : error;
}
