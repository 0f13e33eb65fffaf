import type { Person } from './app.js';

const MAY_CALL = ['mcp:read', 'mcp:execute'];

export interface ProgramKey {
  id: string;
  key: string;
  headers: { authorization: string };
}

/** For a program of that person. */
export async function makeKey(person: Person, fields: object = {}): Promise<ProgramKey> {
  const wanted = { name: 'A program', scopes: MAY_CALL, ...fields };
  const { status, text, body } = await person.call<{ api_key: { id: string; key: string } }>(
    'POST',
    '/user/api-keys',
    wanted,
  );
  if (status !== 201) throw new Error(`No key was made: ${text}`);
  const { id, key } = body.api_key;
  return { id, key, headers: { authorization: `Bearer ${key}` } };
}
