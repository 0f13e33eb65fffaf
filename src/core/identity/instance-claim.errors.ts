import { AppError } from '../../platform/errors/app-error.js';

export const instanceIsClaimed = () =>
  new AppError('conflict', 'INSTANCE_CLAIMED', 'This instance has an administrator already.');

export const claimCodeIsNeeded = () =>
  new AppError(
    'forbidden',
    'CLAIM_CODE_NEEDED',
    'From another machine this takes the claim code that the instance printed when it started.',
    { issues: [{ path: '/claim_code', code: 'claim_code_needed', message: 'The claim code is missing.' }] },
  );

export const claimCodeIsWrong = () =>
  new AppError('forbidden', 'CLAIM_CODE_WRONG', 'This is not the claim code that the instance printed.', {
    issues: [{ path: '/claim_code', code: 'claim_code_wrong', message: 'This is not the claim code.' }],
  });

export const administratorHasAccount = () =>
  new AppError(
    'conflict',
    'ACCOUNT_EXISTS',
    'This address has an account already. Sign in with it and claim the instance then.',
  );
