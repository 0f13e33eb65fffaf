import { z } from 'zod';
import { AppError } from '../../platform/errors/app-error.js';
import { validationPipe } from './validation.pipe.js';

const schema = z.strictObject({ list: z.array(z.strictObject({ 'a/b~c': z.string() })), name: z.string().optional() });

const issuesOf = async (value: unknown) => {
  const failed = await validationPipe()
    .transform(value, { type: 'body', schema })
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(AppError);
  return (failed as AppError).issues.map(({ path, code }) => [path, code]);
};

describe('validation', () => {
  test('names each fault by a JSON Pointer', async () => {
    expect(await issuesOf({ list: [{ 'a/b~c': 1 }], name: 2 })).toEqual([
      ['/list/0/a~1b~0c', 'invalid_type'],
      ['/name', 'invalid_type'],
    ]);
  });

  test('names each unknown field', async () => {
    expect(await issuesOf({ list: [{ 'a/b~c': '', x: 1 }], y: 1, z: 2 })).toEqual([
      ['/list/0/x', 'unknown_field'],
      ['/y', 'unknown_field'],
      ['/z', 'unknown_field'],
    ]);
  });

  test('a body that is missing is one fault', async () => {
    expect(await issuesOf(undefined)).toEqual([['', 'invalid_type']]);
  });
});
