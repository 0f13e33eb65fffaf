import { Injectable } from '@nestjs/common';
import { accessTokenIsInvalid } from './identity.errors.js';
import type { Scope } from './principal.js';

/** What a token says that our own authorization server issued, once its form, signature, time and audience were found right. */
export interface ResourceClaims {
  grantId: string;
  userId: string;
  organizationId: string;
  scopes: readonly Scope[];
  expiresAt: Date;
}

/** @throws 401 TOKEN_EXPIRED, TOKEN_INVALID */
export type VerifyResourceToken = (token: string, resource: string) => ResourceClaims | Promise<ResourceClaims>;

/** Who issues the tokens is to the left of this context, and says here how they are read. */
@Injectable()
export class ResourceTokens {
  private reader: VerifyResourceToken | undefined;

  readBy(reader: VerifyResourceToken): void {
    this.reader = reader;
  }

  async verify(token: string, resource: string): Promise<ResourceClaims> {
    if (!this.reader) throw accessTokenIsInvalid();
    return this.reader(token, resource);
  }
}
