import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse } from '@nestjs/swagger';
import { ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ToolsetsService } from '../../core/toolsets/toolsets.service.js';
import { idSchema, type ToolsetId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import {
  ToolsetCreate,
  ToolsetListView,
  ToolsetPreviewOf,
  ToolsetPreviewView,
  ToolsetUpdate,
  ToolsetView,
  toToolsetListView,
  toToolsetPreviewView,
  toToolsetView,
} from './schemas/toolsets.schemas.js';

const ToolsetIdParam = { schema: idSchema('tst') };
const NOT_FOUND = problem('There is no such toolset in your organization, or it is not meant for you.');
const WRONG = problem('A field is not valid, or an entry names a server that you do not see.');
const COLLIDES = problem(
  'The handle is taken (TOOLSET_HANDLE_TAKEN), or two tools would have one name (TOOLSET_NAMES_COLLIDE).',
);
const NOT_YOURS = problem('Who made it changes it, and administrators do (TOOLSET_NOT_YOURS).');

@ApiTags('Toolsets')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/toolsets')
export class ToolsetsController {
  constructor(private readonly toolsets: ToolsetsService) {}

  @Get()
  @Allow('toolsets.read')
  @ApiOperation({ summary: 'The toolsets that are meant for you, or that you may change; by name.' })
  @ApiOkResponse({ standardSchema: ToolsetListView })
  async list(@CurrentPrincipal() principal: Principal) {
    return toToolsetListView(await this.toolsets.list(principal));
  }

  @Post()
  @Allow('toolsets.manage')
  @ApiOperation({
    summary: 'Make a toolset.',
    description: 'It gives nobody a tool: whoever uses it gets of it what they may call.',
  })
  @ApiCreatedResponse({ standardSchema: ToolsetView })
  @ApiBadRequestResponse(WRONG)
  @ApiConflictResponse(COLLIDES)
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ToolsetCreate }) body: z.infer<typeof ToolsetCreate>,
  ) {
    return toToolsetView(await this.toolsets.create(principal, body));
  }

  @Post('preview')
  @Allow('toolsets.manage')
  @HttpCode(200)
  @ApiOperation({ summary: 'What entries would come to now; nothing is kept.' })
  @ApiOkResponse({ standardSchema: ToolsetPreviewView })
  @ApiBadRequestResponse(WRONG)
  async preview(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ToolsetPreviewOf }) { entries }: z.infer<typeof ToolsetPreviewOf>,
  ) {
    return toToolsetPreviewView(entries, await this.toolsets.preview(principal, entries));
  }

  @Get(':toolset_id')
  @Allow('toolsets.read')
  @ApiOperation({ summary: 'A toolset, and what it comes to with what its servers offer now.' })
  @ApiOkResponse({ standardSchema: ToolsetView })
  @ApiNotFoundResponse(NOT_FOUND)
  async get(@CurrentPrincipal() principal: Principal, @Param('toolset_id', ToolsetIdParam) id: ToolsetId) {
    return toToolsetView(await this.toolsets.get(principal, id));
  }

  @Patch(':toolset_id')
  @Allow('toolsets.manage')
  @ApiOperation({ summary: 'Change a toolset; what is absent stays. It counts for open clients within a second.' })
  @ApiOkResponse({ standardSchema: ToolsetView })
  @ApiBadRequestResponse(WRONG)
  @ApiForbiddenResponse(NOT_YOURS)
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(COLLIDES)
  async update(
    @CurrentPrincipal() principal: Principal,
    @Param('toolset_id', ToolsetIdParam) id: ToolsetId,
    @Body({ schema: ToolsetUpdate }) body: z.infer<typeof ToolsetUpdate>,
  ) {
    return toToolsetView(await this.toolsets.update(principal, id, body));
  }

  @Delete(':toolset_id')
  @Allow('toolsets.manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a toolset; its tools stay where they are.' })
  @ApiNoContentResponse()
  @ApiForbiddenResponse(NOT_YOURS)
  @ApiNotFoundResponse(NOT_FOUND)
  async remove(@CurrentPrincipal() principal: Principal, @Param('toolset_id', ToolsetIdParam) id: ToolsetId) {
    await this.toolsets.remove(principal, id);
  }
}
