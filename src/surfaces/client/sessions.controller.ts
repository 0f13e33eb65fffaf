import { Body, Controller, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { SessionListService } from '../../core/agent/session-list.service.js';
import { ArtifactsService } from '../../core/artifacts/artifacts.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { SessionsService } from '../../core/sessions/sessions.service.js';
import { idSchema, type SessionId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import {
  ArtifactListView,
  SessionEventsView,
  SessionListView,
  SessionView,
  toArtifactView,
  toSessionListView,
  toSessionView,
} from './schemas/session-views.js';
import { EventsQuery, SessionChange, SessionCreate, SessionsQuery } from './schemas/sessions.schemas.js';
import { SessionEvents } from './session-events.js';

const SessionIdParam = { schema: idSchema('session') };
const NOT_FOUND = problem('There is no such session of yours.');

@ApiTags('Sessions')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/sessions')
export class SessionsController {
  constructor(
    private readonly summaries: SessionListService,
    private readonly sessions: SessionsService,
    private readonly artifacts: ArtifactsService,
    private readonly events: SessionEvents,
  ) {}

  @Get()
  @Allow('sessions.read')
  @ApiOperation({ summary: 'Your sessions, 50 a page, newest first.' })
  @ApiOkResponse({ standardSchema: SessionListView })
  @ApiBadRequestResponse(problem('The page is not a number, or there is an unknown query parameter.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: SessionsQuery }) { page, serverId }: z.infer<typeof SessionsQuery>,
  ) {
    return toSessionListView(await this.summaries.list(principal, page, serverId));
  }

  @Post()
  @Allow('sessions.use')
  @ApiOperation({ summary: 'Open a session on a server.' })
  @ApiCreatedResponse({ standardSchema: SessionView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiNotFoundResponse(problem('There is no such server in your organization.'))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: SessionCreate }) body: z.infer<typeof SessionCreate>,
  ) {
    return toSessionView(await this.summaries.create(principal, body.server_id, body));
  }

  @Get(':session_id')
  @Allow('sessions.read')
  @ApiOperation({ summary: 'One session.' })
  @ApiOkResponse({ standardSchema: SessionView })
  @ApiNotFoundResponse(NOT_FOUND)
  async get(@CurrentPrincipal() principal: Principal, @Param('session_id', SessionIdParam) id: SessionId) {
    return toSessionView(await this.summaries.get(principal, id));
  }

  @Patch(':session_id')
  @Allow('sessions.use')
  @ApiOperation({ summary: 'Rename a session, or choose another language model for it.' })
  @ApiOkResponse({ standardSchema: SessionView })
  @ApiBadRequestResponse(problem('A field is not valid, or no such model is offered (MODEL_NOT_OFFERED).'))
  @ApiNotFoundResponse(NOT_FOUND)
  async change(
    @CurrentPrincipal() principal: Principal,
    @Param('session_id', SessionIdParam) id: SessionId,
    @Body({ schema: SessionChange }) change: z.infer<typeof SessionChange>,
  ) {
    return toSessionView(await this.summaries.change(principal, id, change));
  }

  @Get(':session_id/events')
  @Allow('sessions.read')
  @ApiOperation({
    summary: 'The events of a session after a number, oldest first.',
    description:
      'With `Accept: text/event-stream` the same events as a stream that goes on; `Last-Event-ID` resumes it. Where old events ' +
      'are kept no more, page and stream begin with the first that is kept: a first `seq` beyond `after` + 1 says so, and is ' +
      'no fault. How many went, and from when to when, is in `replay_unavailable` of the socket; the state ' +
      'of the session is whole in its `session_snapshot`.',
  })
  @ApiProduces('application/json', 'text/event-stream')
  @ApiOkResponse({ standardSchema: SessionEventsView })
  @ApiBadRequestResponse(problem('A query parameter is not valid.'))
  @ApiNotFoundResponse(NOT_FOUND)
  async readEvents(
    @CurrentPrincipal() principal: Principal,
    @Param('session_id', SessionIdParam) id: SessionId,
    @Query({ schema: EventsQuery }) query: z.infer<typeof EventsQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    await this.events.answer(await this.sessions.get(principal, id), principal, query, request, reply);
  }

  @Get(':session_id/artifacts')
  @Allow('sessions.read')
  @ApiOperation({ summary: 'The files of a session, oldest first.' })
  @ApiOkResponse({ standardSchema: ArtifactListView })
  @ApiNotFoundResponse(NOT_FOUND)
  async listArtifacts(@CurrentPrincipal() principal: Principal, @Param('session_id', SessionIdParam) id: SessionId) {
    const session = await this.sessions.get(principal, id);
    return { artifacts: (await this.artifacts.listOfSession(principal, session.id)).map(toArtifactView) };
  }
}
