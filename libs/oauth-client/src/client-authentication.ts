import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import { type ClientAuth, ClientSecretPost, type CryptoKey, None, PrivateKeyJwt } from 'oauth4webapi';
import type { OAuthClient } from './client.js';
import { OAuthClientError } from './oauth-error.js';

/** How the client proves itself at the token endpoint. @throws OAuthClientError OAUTH_CLIENT_REFUSED */
export async function authenticationOf({ authentication, secret, privateKey }: OAuthClient): Promise<ClientAuth> {
  switch (authentication) {
    case 'none':
      return None();
    case 'client_secret_basic':
      return basic(required(secret));
    case 'client_secret_post':
      return ClientSecretPost(required(secret));
    case 'private_key_jwt':
      return PrivateKeyJwt(await importKey(required(privateKey)));
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

/** What is wrong with a private key that somebody entered, or undefined. Never repeats it. */
export function findPrivateKeyProblem(pem: string): string | undefined {
  try {
    return algorithmOf(createPrivateKey(pem)) ? undefined : 'must be an RSA, P-256, P-384, P-521 or Ed25519 key';
  } catch {
    return 'must be a private key in PEM form (PKCS #8)';
  }
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

type Algorithm = Parameters<typeof webcrypto.subtle.importKey>[2];

function algorithmOf(key: KeyObject): Algorithm | undefined {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (key.asymmetricKeyType === 'ed25519') return { name: 'Ed25519' };
  const namedCurve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  return namedCurve === undefined ? undefined : { name: 'ECDSA', namedCurve };
}

async function importKey(pem: string): Promise<CryptoKey> {
  try {
    const key = createPrivateKey(pem);
    const algorithm = algorithmOf(key);
    if (algorithm) {
      const der = key.export({ type: 'pkcs8', format: 'der' });
      return await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
    }
  } catch {
    // What openssl says of it may repeat parts of it.
  }
  throw unusable('The private key of the client cannot be used.');
}

function required(secret: string | undefined): string {
  if (!secret) throw unusable('The secret of the client is missing.');
  return secret;
}

const unusable = (message: string) =>
  new OAuthClientError('OAUTH_CLIENT_REFUSED', message, { fix: 'Enter the credentials of the client again.' });
