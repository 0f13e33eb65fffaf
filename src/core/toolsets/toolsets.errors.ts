import { AppError, type FieldIssue } from '../../platform/errors/app-error.js';
import type { Collision } from './toolset-offer.js';
import { MAX_TOOLSETS } from './toolset.js';

/** The same for what never was, and for whom it is not meant. */
export const toolsetNotFound = () =>
  new AppError(
    'not_found',
    'TOOLSET_NOT_FOUND',
    'There is no such toolset. It was deleted, or is not meant for you: ask an administrator.',
  );

export const toolsetIsNotYours = () =>
  new AppError(
    'forbidden',
    'TOOLSET_NOT_YOURS',
    'Who made this toolset changes it, and administrators do. Ask one of them.',
  );

export const handleTaken = () =>
  new AppError(
    'conflict',
    'TOOLSET_HANDLE_TAKEN',
    'Another toolset of your organization has this handle. Choose another one.',
    {
      issues: [{ path: '/handle', code: 'taken', message: 'is taken' }],
    },
  );

export const tooManyToolsets = () =>
  new AppError(
    'conflict',
    'TOOLSET_LIMIT_REACHED',
    `Your organization has ${MAX_TOOLSETS} toolsets. Delete one first.`,
  );

export const entriesAreInvalid = (issues: FieldIssue[]) =>
  new AppError(
    'invalid',
    'VALIDATION_ERROR',
    'Some entries are not valid. Correct those that are named, or leave them out.',
    { issues },
  );

/** @param collisions one or more */
export const namesCollide = (collisions: readonly Collision[]) =>
  new AppError('conflict', 'TOOLSET_NAMES_COLLIDE', 'Two tools would have one name. Rename one, or hide it.', {
    issues: collisions.slice(0, MAX_ISSUES).map((collision) => ({
      path: `/entries/${collision.entry}`,
      code: 'name_taken',
      message: `would be called ${collision.name.slice(0, 64)}, as a tool of entry ${collision.with} is`,
    })),
  });

const MAX_ISSUES = 50;
