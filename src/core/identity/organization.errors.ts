import { AppError } from '../../platform/errors/app-error.js';
import { MAX_ORGANIZATION_NAME_LENGTH, MAX_ORGANIZATIONS } from './organization.js';
import type { OrganizationPlan } from './organization-plan.js';

export const organizationNotFound = () =>
  new AppError('not_found', 'ORGANIZATION_NOT_FOUND', 'There is no such organization.');

export const organizationNameIsInvalid = () => {
  const message = `A name has 1 to ${MAX_ORGANIZATION_NAME_LENGTH} characters and no control characters.`;
  return new AppError('invalid', 'VALIDATION_ERROR', message, {
    issues: [{ path: '/name', code: 'invalid_name', message }],
  });
};

export const tooManyOrganizations = () =>
  new AppError('conflict', 'TOO_MANY_ORGANIZATIONS', `Nobody belongs to more than ${MAX_ORGANIZATIONS} organizations.`);

const WHAT = { users: 'users', services: 'MCP services' };

export const planLimitIsReached = (what: keyof typeof WHAT, { id, name, limits }: OrganizationPlan) =>
  new AppError(
    'forbidden',
    'PLAN_LIMIT_REACHED',
    `The plan of your organization (${name}) has room for ${limits[what]} ${WHAT[what]}, and all of it is taken.`,
    { details: { limit: what, allowed: limits[what], plan: id } },
  );

export const memberNotFound = () =>
  new AppError('not_found', 'MEMBER_NOT_FOUND', 'There is no such member in your organization.');

export const lastOwnerStays = () =>
  new AppError(
    'conflict',
    'LAST_OWNER',
    'An organization needs an owner, and this is the last one. Make somebody else an owner first.',
  );

export const ownerIsProtected = () =>
  new AppError('forbidden', 'OWNER_PROTECTED', 'Only an owner may change or remove an owner.');

export const roleIsAboveOwn = () =>
  new AppError('forbidden', 'ROLE_ABOVE_OWN', 'Nobody gives a role above their own, to themselves or to others.');

export const isOwnerAlready = () =>
  new AppError('conflict', 'ALREADY_OWNER', 'You own the organization already. Choose another member.');
