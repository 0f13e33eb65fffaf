import { AppError } from '../../platform/errors/app-error.js';

export const fileIsNotJson = (why: string) =>
  new AppError('invalid', 'EXPORT_NOT_CANONICAL', `The file cannot be read the same way everywhere: ${why}`);

export const signatureIsBroken = () =>
  new AppError(
    'invalid',
    'EXPORT_SIGNATURE_BROKEN',
    'The signature does not fit: the file was changed after it was signed. Export it again.',
    { issues: [{ path: '/signature', code: 'broken', message: 'does not fit what is in the file' }] },
  );

export const toolIsNotAsPinned = (path: string) =>
  new AppError('invalid', 'EXPORT_TOOL_INVALID', 'The definition of a tool is not the one that its pin stands for.', {
    issues: [{ path, code: 'pin', message: 'is not the hash of the definition' }],
  });

export const serverIsNotExported = () =>
  new AppError(
    'conflict',
    'SERVER_NOT_EXPORTED',
    'The demo server and servers that are packages are not exported: an instance has its own.',
  );
