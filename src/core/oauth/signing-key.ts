import { createHash, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';

export interface SigningKey {
  /** Its thumbprint (RFC 7638). */
  kid: string;
  publicKey: KeyObject;
  privateJwk: JsonWebKey;
  activatesAt: Date;
  /** From then on nothing that it signed counts; null while it has no successor. */
  retiresAt: Date | null;
}

const generate = () =>
  new Promise<{ publicKey: KeyObject; privateKey: KeyObject }>((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength: 2_048 }, (fault, publicKey, privateKey) =>
      fault ? reject(fault) : resolve({ publicKey, privateKey }),
    );
  });

export interface NewKeyPair {
  kid: string;
  publicJwk: JsonWebKey;
  privateJwk: JsonWebKey;
}

/** RSA with 2048 bits, for RS256. */
export async function newKeyPair(): Promise<NewKeyPair> {
  const { publicKey, privateKey } = await generate();
  const publicJwk = publicKey.export({ format: 'jwk' });
  return { kid: thumbprintOf(publicJwk), publicJwk, privateJwk: privateKey.export({ format: 'jwk' }) };
}

export const importPublic = (jwk: JsonWebKey): KeyObject => createPublicKey({ key: jwk, format: 'jwk' });

const thumbprintOf = ({ e, kty, n }: JsonWebKey): string =>
  createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
