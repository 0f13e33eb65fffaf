import { randomFillSync } from 'node:crypto';
import { z } from 'zod';

export type Id<Kind extends string> = string & { readonly __kind: Kind };

export const ID_KINDS = [
  'user',
  'org',
  'mcp',
  'session',
  'turn',
  'msg',
  'plan',
  'art',
  'log',
  'req',
  'inp',
  'evt',
  'otp',
  'fam',
  'key',
  'link',
  'inv',
  'act',
  'grant',
  'grt',
  'client',
  'apr',
  'svc',
  'pkg',
  'tool',
  'tst',
  'whk',
  'whm',
  'whd',
  'uac',
  'worker',
] as const;
export type IdKind = (typeof ID_KINDS)[number];

export type UserId = Id<'user'>;
export type OrganizationId = Id<'org'>;
export type ServerId = Id<'mcp'>;
export type SessionId = Id<'session'>;
export type TurnId = Id<'turn'>;
export type PlanId = Id<'plan'>;
export type ArtifactId = Id<'art'>;
export type ApprovalId = Id<'apr'>;
export type ServiceId = Id<'svc'>;
export type ToolId = Id<'tool'>;
export type ToolsetId = Id<'tst'>;

/** Entropy for many ids at a time: asking the kernel for each would cost more than the id. */
const pool = Buffer.alloc(16 * 256);
let taken = pool.length;

/** Where sixteen bytes of entropy are that nobody had yet. */
function takeSixteen(): number {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  taken += 16;
  return taken - 16;
}

/** `kind_` and a UUIDv7 (RFC 9562) in hex: ids of one kind sort by creation. */
export function newId<Kind extends IdKind>(kind: Kind, now = Date.now()): Id<Kind> {
  const at = takeSixteen();
  pool.writeUIntBE(now, at, 6);
  pool[at + 6] = ((pool[at + 6] ?? 0) & 0x0f) | 0x70;
  pool[at + 8] = ((pool[at + 8] ?? 0) & 0x3f) | 0x80;
  return `${kind}_${pool.toString('hex', at, at + 16)}` as Id<Kind>;
}

const shapes = new Map(ID_KINDS.map((kind) => [kind as string, new RegExp(`^${kind}_[0-9a-f]{32}$`)]));

export const isId = <Kind extends IdKind>(kind: Kind, value: string): value is Id<Kind> =>
  shapes.get(kind)?.test(value) ?? false;

/** For the edge: brands what has the form of an id. A malformed one is as unknown as any other, so services see `''`. */
export const idSchema = <Kind extends IdKind>(kind: Kind) =>
  z.string().transform((value) => (isId(kind, value) ? value : '') as Id<Kind>);
