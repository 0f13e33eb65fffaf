import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { ForksService } from '../../core/agent/forks.service.js';
import { SessionListService } from '../../core/agent/session-list.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { idSchema, type SessionId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { SessionView, toSessionView } from './schemas/session-views.js';
import { ExportQuery, SessionFork } from './schemas/sessions.schemas.js';
import { SessionExport } from './session-export.js';

const NOT_FOUND = problem('There is no such session of yours.');

/** A session taken out as a file, or taken further as another one. */
@ApiTags('Sessions')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/sessions')
export class SessionCopiesController {
  constructor(
    private readonly summaries: SessionListService,
    private readonly exports: SessionExport,
    private readonly forks: ForksService,
  ) {}

  @Get(':session_id/export')
  @Allow('sessions.read')
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

  @Post(':session_id/fork')
  @Allow('sessions.use')
  @ApiOperation({
    summary: 'A new session that begins with the history of this one.',
    description:
      'Up to an event or a message, whose turn is taken whole; without either up to the last turn that ended. Turns that go on are left ' +
      'out, nothing runs or waits in the fork, and no approval carries over. Files are shown in both, and neither needs the other later.',
  })
  @ApiCreatedResponse({ standardSchema: SessionView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiNotFoundResponse(
    problem(
      'There is no such session of yours, or no such event (EVENT_NOT_FOUND) or message (MESSAGE_NOT_FOUND) in it.',
    ),
  )
  @ApiConflictResponse(problem('No turn had ended by then (NOTHING_TO_FORK).'))
  async fork(
    @CurrentPrincipal() principal: Principal,
    @Param('session_id', { schema: idSchema('session') }) id: SessionId,
    @Body({ schema: SessionFork }) { after_seq, message_id }: z.infer<typeof SessionFork>,
  ) {
    const fork = await this.forks.fork(principal, id, { afterSeq: after_seq, messageId: message_id });
    return toSessionView(await this.summaries.get(principal, fork));
  }
}
