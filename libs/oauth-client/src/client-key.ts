import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
  type webcrypto,
} from 'node:crypto';

/** How keys sign here (RFC 7518, RFC 8037, RFC 9864), as WebCrypto has it. */
export const SIGNATURES = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521' },
  EdDSA: { name: 'Ed25519' },
  Ed25519: { name: 'Ed25519' },
} as const satisfies Record<string, Parameters<typeof webcrypto.subtle.importKey>[2]>;
export type Signature = keyof typeof SIGNATURES;

/** What a kind of key can; the first is usual. */
type Signatures = readonly [Signature, ...Signature[]];
const RSA: Signatures = ['RS256', 'PS256'];
const EDWARDS: Signatures = ['EdDSA', 'Ed25519'];
const CURVES: Readonly<Record<string, Signatures>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
};

/** Shorter ones are refused by authorization servers (RFC 7518, section 3.3), longer ones take too long. */
const RSA_BITS = { least: 2_048, most: 8_192 };

/** By which a client proves itself instead of a secret. */
export interface ClientKey {
  key: KeyObject;
  signatures: Signatures;
  /** By which the authorization server finds the public one. */
  id: string | undefined;
}

const NO_KEY = 'must be a private key: PEM, or a JWK as JSON';
const PUBLIC = 'must be the private key, not the public one';

/**
 * @param text PEM, or a JWK as JSON
 * @returns what is wrong with it, in words that do not repeat it
 */
export function readClientKey(text: string): ClientKey | string {
  const trimmed = text.trim();
  const read = trimmed.startsWith('{') ? readJwk(parsed(trimmed)) : readPem(trimmed);
  if (typeof read === 'string') return read;
  const bits = read.key.asymmetricKeyDetails?.modulusLength ?? RSA_BITS.least;
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) {
    return `must have between ${RSA_BITS.least} and ${RSA_BITS.most} bits`;
  }
  return isWhole(read.key) ? read : NO_KEY;
}

/** One that the authorization server takes, where it says so. */
export const signatureFor = ({ signatures }: ClientKey, taken: readonly string[] | undefined): Signature =>
  signatures.find((one) => taken?.includes(one)) ?? signatures[0];

function readPem(pem: string): ClientKey | string {
  if (/^-----BEGIN ((RSA )?PUBLIC KEY|CERTIFICATE)-----/.test(pem)) return PUBLIC;
  if (/^(-----BEGIN ENCRYPTED |Proc-Type: 4,ENCRYPTED)/m.test(pem)) return 'must be a key without a passphrase';
  return asClientKey(
    imported(() => createPrivateKey(pem)),
    undefined,
  );
}

function readJwk(jwk: JsonWebKey): ClientKey | string {
  if (Array.isArray(jwk.keys)) return 'must be one key, not a set of keys';
  if (jwk.kty !== undefined && jwk.d === undefined) return PUBLIC;
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'must be a key to sign with';
  const read = asClientKey(
    imported(() => createPrivateKey({ key: jwk, format: 'jwk' })),
    jwk.alg,
  );
  if (typeof read === 'string' || typeof jwk.kid !== 'string') return read;
  return { ...read, id: jwk.kid };
}

function asClientKey(key: KeyObject | undefined, named: unknown): ClientKey | string {
  if (!key) return NO_KEY;
  const signatures = signaturesOf(key);
  if (!signatures) return 'must be an RSA, P-256, P-384, P-521 or Ed25519 key';
  if (named === undefined) return { key, signatures, id: undefined };
  const one = signatures.find((known) => known === named);
  return one ? { key, signatures: [one], id: undefined } : `must have the alg ${signatures.join(' or ')}, or none`;
}

function signaturesOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Signatures | undefined {
  if (asymmetricKeyType === 'rsa') return RSA;
  if (asymmetricKeyType === 'ed25519') return EDWARDS;
  return CURVES[asymmetricKeyDetails?.namedCurve ?? ''];
}

/** The parts of a JWK may be of different keys. */
function isWhole(key: KeyObject): boolean {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const text = Buffer.from('whole');
  try {
    return verify(hash, text, createPublicKey(key), sign(hash, text, key));
  } catch {
    return false;
  }
}

function imported(read: () => KeyObject): KeyObject | undefined {
  try {
    return read();
  } catch {
    // What openssl says of it may repeat parts of it.
    return undefined;
  }
}

function parsed(json: string): JsonWebKey {
  try {
    return JSON.parse(json) as JsonWebKey;
  } catch {
    return {};
  }
}
