import { webcrypto } from 'node:crypto';
import { type ClientAuth, ClientSecretPost, modifyAssertion, None, PrivateKeyJwt } from 'oauth4webapi';
import type { ServerMetadata } from './authorization-server.js';
import type { OAuthClient } from './client.js';
import { readClientKey, SIGNATURES, signatureFor } from './client-key.js';
import { OAuthClientError } from './oauth-error.js';

/** How the client proves itself at the token endpoint. @throws OAuthClientError OAUTH_CLIENT_REFUSED */
export async function authenticationOf(
  { authentication, secret, privateKey }: OAuthClient,
  server: ServerMetadata,
): Promise<ClientAuth> {
  switch (authentication) {
    case 'none':
      return None();
    case 'client_secret_basic':
      return basic(required(secret));
    case 'client_secret_post':
      return ClientSecretPost(required(secret));
    case 'private_key_jwt':
      return byKey(required(privateKey), server);
    default:
      return authentication satisfies never;
  }
}

/**
 * RFC 6749, section 2.3.1, with no more escapes than the encoding of forms asks for: many servers do not decode, and most ids and
 * secrets then are what they were.
 */
const basic =
  (secret: string): ClientAuth =>
  (_server, { client_id: id }, _body, headers) => {
    headers.set('authorization', `Basic ${Buffer.from(`${inForm(id)}:${inForm(secret)}`).toString('base64')}`);
  };

const inForm = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/** RFC 7523, for this issuer alone: it counts once, and for a minute. */
async function byKey(text: string, server: ServerMetadata): Promise<ClientAuth> {
  const read = readClientKey(text);
  if (typeof read === 'string') throw unusable('The private key of the client cannot be used.');
  const alg = signatureFor(read, server.token_endpoint_auth_signing_alg_values_supported);
  const der = read.key.export({ type: 'pkcs8', format: 'der' });
  const key = await webcrypto.subtle.importKey('pkcs8', der, SIGNATURES[alg], false, ['sign']);
  return PrivateKeyJwt(
    { key, ...(read.id !== undefined && { kid: read.id }) },
    {
      // Of the two names of EdDSA the library knows the newer one alone.
      [modifyAssertion]: (header) => {
        header.alg = alg;
      },
    },
  );
}

/** What is wrong with a private key that somebody entered, or undefined. Never repeats it. */
export function findPrivateKeyProblem(text: string): string | undefined {
  const read = readClientKey(text);
  return typeof read === 'string' ? read : undefined;
}

function required(secret: string | undefined): string {
  if (!secret) throw unusable('The secret of the client is missing.');
  return secret;
}

const unusable = (message: string) =>
  new OAuthClientError('OAUTH_CLIENT_REFUSED', message, { fix: 'Enter the credentials of the client again.' });
