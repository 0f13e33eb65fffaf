import { Body, Controller, Delete, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiForbiddenResponse } from '@nestjs/swagger';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { MembersService } from '../../core/identity/members.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { idSchema, type UserId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { MemberListView, MemberRemovedView, MemberUpdate, MemberView } from './schemas/members.schemas.js';
import { toMemberListView, toMemberView } from './schemas/members.schemas.js';
import { PageQuery } from './schemas/page.schemas.js';
import { problem } from './schemas/problem-responses.js';

const UserIdParam = { schema: idSchema('user') };
const NOT_FOUND = problem('There is no such member in your organization.');
const LAST_OWNER = problem('The last owner stays one: make somebody else an owner first.');

@ApiTags('Organization')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('Your role is below admin; or the member is an owner, and you are none.'))
@Controller('api/v1/organization/members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @Allow('members.read')
  @ApiOperation({ summary: 'Who belongs to your organization, 50 a page, the first joined first.' })
  @ApiOkResponse({ standardSchema: MemberListView })
  @ApiBadRequestResponse(problem('The page is not a number, or there is an unknown query parameter.'))
  async list(@CurrentPrincipal() principal: Principal, @Query({ schema: PageQuery }) page: z.infer<typeof PageQuery>) {
    return toMemberListView(await this.members.list(principal, page));
  }

  @Patch(':user_id')
  @Allow('members.manage')
  @ApiOperation({
    summary: 'Change the role of a member.',
    description: 'It counts at once: sockets and streams that were opened with the role before are closed.',
  })
  @ApiOkResponse({ standardSchema: MemberView })
  @ApiBadRequestResponse(problem('There is no such role.'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(LAST_OWNER)
  async change(
    @CurrentPrincipal() principal: Principal,
    @Param('user_id', UserIdParam) id: UserId,
    @Body({ schema: MemberUpdate }) body: z.infer<typeof MemberUpdate>,
  ) {
    return toMemberView(await this.members.changeRole(principal, id, body.role));
  }

  @Delete(':user_id')
  @Allow('members.manage')
  @ApiOperation({ summary: 'Remove a member: their sign-ins and keys here end; what they made stays.' })
  @ApiOkResponse({ standardSchema: MemberRemovedView })
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(LAST_OWNER)
  async remove(@CurrentPrincipal() principal: Principal, @Param('user_id', UserIdParam) id: UserId) {
    await this.members.remove(principal, id);
    return { status: 'removed' };
  }
}
