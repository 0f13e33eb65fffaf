import { Controller, Get, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ToolSearch } from '../../core/toolsets/tool-search.service.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { FoundToolsView, toFoundToolsView, ToolSearchQuery } from './schemas/toolsets.schemas.js';

@ApiTags('Tools')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/tools')
export class ToolSearchController {
  constructor(private readonly tools: ToolSearch) {}

  @Get('search')
  @Allow('toolsets.read')
  @ApiOperation({
    summary: 'Tools by words, of all that you may call; the best first.',
    description: 'In names, titles, descriptions, parameters and names of servers. The last word may be its beginning.',
  })
  @ApiOkResponse({ standardSchema: FoundToolsView })
  @ApiBadRequestResponse(problem('A query parameter is not valid, or not known.'))
  async search(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: ToolSearchQuery }) { q, limit }: z.infer<typeof ToolSearchQuery>,
  ) {
    return toFoundToolsView(await this.tools.find(principal, q, limit));
  }
}
