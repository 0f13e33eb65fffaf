import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { SessionListService } from '../../core/agent/session-list.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { idSchema, type SessionId } from '../../platform/ids.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { ExportQuery } from './schemas/sessions.schemas.js';
import { SessionExport } from './session-export.js';

const NOT_FOUND = problem('There is no such session of yours.');

/** A session taken out as a file. */
@ApiTags('Sessions')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/sessions')
export class SessionCopiesController {
  constructor(
    private readonly summaries: SessionListService,
    private readonly exports: SessionExport,
  ) {}

  @Get(':session_id/export')
  @ApiOperation({
    summary: 'The session as a file.',
    description:
      '`json`: the session, its files (names and hashes) and every event by `seq`. `markdown`: a transcript to read, in which ' +
      'what others wrote is inert. Credentials are never in events; signed links are blanked. A trimmed log says so.',
  })
  @ApiProduces('application/json', 'text/markdown')
  @ApiOkResponse({ description: 'The file, as an attachment.' })
  @ApiBadRequestResponse(problem('The format is not known.'))
  @ApiNotFoundResponse(NOT_FOUND)
  async export(
    @CurrentPrincipal() principal: Principal,
    @Param('session_id', { schema: idSchema('session') }) id: SessionId,
    @Query({ schema: ExportQuery }) { format }: z.infer<typeof ExportQuery>,
    @Res() reply: FastifyReply,
  ) {
    await this.exports.send(principal, await this.summaries.get(principal, id), format, reply);
  }
}
