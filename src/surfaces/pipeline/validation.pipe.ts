import { StandardSchemaValidationPipe } from '@nestjs/common';
import { AppError, type FieldIssue } from '../../platform/errors/app-error.js';

type PathSegment = PropertyKey | { readonly key: PropertyKey };

/** What every Standard Schema says about a fault, and what Zod adds to it. */
interface Issue {
  message: string;
  path?: readonly PathSegment[] | undefined;
  code?: string;
  keys?: readonly string[];
}

const MAX_ISSUES = 50;

export const validationPipe = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({ exceptionFactory: (issues) => validationFailed(issues) });

/** 400 with one entry for each fault, its place as a JSON Pointer (RFC 6901) into what was sent. */
export function validationFailed(issues: readonly Issue[]): AppError {
  const faults = issues.flatMap(toFieldIssues).slice(0, MAX_ISSUES);
  const first = faults[0];
  const message = first ? `${first.path || 'The request'}: ${first.message}` : 'The request is not valid.';
  return new AppError('invalid', 'VALIDATION_ERROR', message, { issues: faults });
}

function toFieldIssues({ message, path = [], code = 'invalid', keys }: Issue): FieldIssue[] {
  const place = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  if (code !== 'unrecognized_keys' || !keys) return [{ path: pointer(place), code, message }];
  return keys.map((key) => ({ path: pointer([...place, key]), code: 'unknown_field', message: 'Unknown field.' }));
}

const pointer = (place: readonly PropertyKey[]): string =>
  place.map((segment) => `/${String(segment).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
