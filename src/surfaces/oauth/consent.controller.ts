import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ConsentsService } from '../../core/oauth/consents.service.js';
import { organizationIsNotYours } from '../../core/oauth/oauth.errors.js';
import { Allow, Public } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { Interactions } from './provider/interactions.js';
import { ConsentDecision, ConsentQuery, toConsentView } from './schemas/consent.schemas.js';

/** For our own page; whoever is not the browser that began an authorization finds nothing here. */
@ApiExcludeController()
@Controller('oauth/interaction')
export class ConsentController {
  constructor(
    private readonly interactions: Interactions,
    private readonly consents: ConsentsService,
  ) {}

  @Get(':uid')
  @Public('the page asks for a sign-in; here a browser only passes')
  pass(@Param('uid') uid: string, @Res() reply: FastifyReply) {
    void reply
      .code(303)
      .header('location', `/consent/${encodeURIComponent(uid)}`)
      .send();
  }

  @Get(':uid/request')
  @Allow('clients.manage')
  async ask(
    @CurrentPrincipal() principal: Principal,
    @Param('uid') uid: string,
    @Query({ schema: ConsentQuery }) { organizationId }: z.infer<typeof ConsentQuery>,
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { request } = await this.interactions.find(uid, { request: raw, response: reply.raw });
    return toConsentView(await this.consents.ask(principal, request, organizationId));
  }

  @Post(':uid/decision')
  @Allow('clients.manage')
  @HttpCode(200)
  async decide(
    @CurrentPrincipal() principal: Principal,
    @Param('uid') uid: string,
    @Body({ schema: ConsentDecision }) { decision, organizationId }: z.infer<typeof ConsentDecision>,
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const exchange = { request: raw, response: reply.raw };
    const { request, onward } = await this.interactions.find(uid, exchange);
    // The answer to the one before was lost.
    if (onward !== undefined) return { redirect_to: onward };
    if (decision === 'deny') {
      await this.consents.deny(principal, request);
      return { redirect_to: await this.interactions.finish(exchange, 'denied') };
    }
    if (organizationId === undefined) throw organizationIsNotYours();
    const consent = { organizationId, isRemembered: decision === 'continue' };
    const grantId = await this.consents.allow(principal, request, consent);
    return { redirect_to: await this.interactions.finish(exchange, { userId: principal.userId, grantId }) };
  }
}
