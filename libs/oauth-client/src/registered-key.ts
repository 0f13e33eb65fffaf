import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { ServerMetadata } from './authorization-server.js';
import type { Signature } from './client-key.js';

interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

type Kind = readonly [Signature, () => Promise<KeyPair>];

const generate = promisify(generateKeyPair);
const rsa = () => generate('rsa', { modulusLength: 2_048 });

/** Small and known everywhere first. */
const KINDS: readonly [Kind, ...Kind[]] = [
  ['ES256', () => generate('ec', { namedCurve: 'P-256' })],
  ['EdDSA', () => generate('ed25519')],
  ['RS256', rsa],
  ['PS256', rsa],
];

/** For one registration, and never used elsewhere. */
export interface RegisteredKey {
  /** A JWK as JSON. */
  privateKey: string;
  metadata: { jwks: { keys: Record<string, string>[] }; token_endpoint_auth_signing_alg: Signature };
}

export async function makeRegisteredKey(server: ServerMetadata): Promise<RegisteredKey> {
  const taken = server.token_endpoint_auth_signing_alg_values_supported;
  const [alg, make] = KINDS.find(([signature]) => taken?.includes(signature)) ?? KINDS[0];
  const pair = await make();
  const about = { kid: randomUUID(), alg, use: 'sig' };
  const publicJwk = pair.publicKey.export({ format: 'jwk' }) as Record<string, string>;
  return {
    privateKey: JSON.stringify({ ...pair.privateKey.export({ format: 'jwk' }), ...about }),
    metadata: {
      jwks: { keys: [{ ...publicJwk, ...about }] },
      token_endpoint_auth_signing_alg: alg,
    },
  };
}
