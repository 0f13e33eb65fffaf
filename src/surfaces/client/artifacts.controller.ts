import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiForbiddenResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ArtifactsService } from '../../core/artifacts/artifacts.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { type ArtifactId, idSchema } from '../../platform/ids.js';
import { Allow, Public } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ArtifactDownloads } from './artifact-downloads.js';
import { problem } from './schemas/problem-responses.js';
import { ArtifactLinkView, downloadPath } from './schemas/session-views.js';
import { DownloadQuery } from './schemas/sessions.schemas.js';

const ArtifactIdParam = { schema: idSchema('art') };
const NOT_FOUND = problem('There is no such file of yours.');

@ApiTags('Artifacts')
@ApiBearerAuth()
@Controller('api')
export class ArtifactsController {
  constructor(
    private readonly artifacts: ArtifactsService,
    private readonly downloads: ArtifactDownloads,
  ) {}

  @Post('v1/artifacts/:artifact_id/link')
  @Allow('artifacts.read')
  @ApiOperation({ summary: 'A link that downloads the file without a token, for five minutes.' })
  @ApiCreatedResponse({ standardSchema: ArtifactLinkView })
  @ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
  @ApiNotFoundResponse(NOT_FOUND)
  async link(@CurrentPrincipal() principal: Principal, @Param('artifact_id', ArtifactIdParam) id: ArtifactId) {
    const { expires, signature } = await this.artifacts.link(principal, id);
    const url = `${downloadPath(id)}?expires=${expires}&signature=${signature}`;
    return { url, expires_at: new Date(expires * 1_000).toISOString() };
  }

  @Get('artifacts/download/:artifact_id')
  @Public('a signed link is its own proof; without one the token is checked here')
  @ApiOperation({ summary: 'Download a file, whole or one range of it.' })
  @ApiOkResponse({ description: 'The bytes.' })
  @ApiUnauthorizedResponse(problem('Neither a valid token nor a signed link.'))
  @ApiForbiddenResponse(problem('The link is wrong or too old.'))
  @ApiNotFoundResponse(NOT_FOUND)
  async download(
    @Param('artifact_id', ArtifactIdParam) id: ArtifactId,
    @Query({ schema: DownloadQuery }) query: z.infer<typeof DownloadQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    await this.downloads.send(id, query, request, reply);
  }
}
