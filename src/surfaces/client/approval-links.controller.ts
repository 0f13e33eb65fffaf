import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiForbiddenResponse,
  ApiGoneResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ApprovalLinks } from '../../core/inbox/approval-links.service.js';
import { Public } from '../pipeline/auth.guard.js';
import { LinkDecidedView, LinkDecisionBody, LinkPeekBody, LinkPeekView } from './schemas/approval-links.schemas.js';
import { toLinkPeekView } from './schemas/approval-links.schemas.js';
import { problem } from './schemas/problem-responses.js';

const OVER = problem('The link was used, is too old, or its owner lost the right to decide.');

@ApiTags('Approvals')
@Controller('api/v1/approvals/links')
export class ApprovalLinksController {
  constructor(private readonly links: ApprovalLinks) {}

  @Post('peek')
  @Public('the link is what proves that the mail arrived')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a link from a mail is about, and in whose name it decides; changes nothing.' })
  @ApiOkResponse({ standardSchema: LinkPeekView })
  @ApiGoneResponse(OVER)
  async peek(@Body({ schema: LinkPeekBody }) { token }: z.infer<typeof LinkPeekBody>) {
    return toLinkPeekView(await this.links.peek(token));
  }

  @Post('decide')
  @Public('the link is what proves that the mail arrived')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decide by a link, once, with the rights that its owner has now.' })
  @ApiOkResponse({ standardSchema: LinkDecidedView })
  @ApiForbiddenResponse(problem('Its owner may not decide any more.'))
  @ApiConflictResponse(problem('It has been decided (ALREADY_DECIDED); the link is not used up by that.'))
  @ApiGoneResponse(OVER)
  async decide(@Body({ schema: LinkDecisionBody }) { token, ...ruling }: z.infer<typeof LinkDecisionBody>) {
    await this.links.decide(token, ruling);
    return { decided: true as const };
  }
}
