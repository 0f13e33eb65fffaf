import { Injectable } from '@nestjs/common';
import type { ServerId } from '../../platform/ids.js';
import type { Door } from '../approvals/approval-request.js';
import type { Principal } from '../identity/principal.js';
import { ToolsService } from '../registry/tools.service.js';
import { resourceNotFound } from './execution.errors.js';
import { type ReadResource, ResourceReads } from './resource-reads.service.js';
import type { CallAnswer, CallListener, JudgedCall } from './tool-call.js';
import { ToolCalls } from './tool-calls.service.js';

/** A resource in the words of somebody who may mean a tool that reads. */
export interface WantedResource {
  serverId: ServerId;
  name: string;
  parameters: Record<string, unknown>;
  waitMs?: number | undefined;
}

/** Resources by whatever name: their own, that of their template, or that of a tool which only reads. */
@Injectable()
export class ResourceRequests {
  constructor(
    private readonly reads: ResourceReads,
    private readonly calls: ToolCalls,
    private readonly tools: ToolsService,
  ) {}

  /** @throws 404 where nothing that reads has that name; what reading it throws */
  async fetch(
    principal: Principal,
    door: Door,
    { serverId, name, parameters, waitMs }: WantedResource,
    listener: CallListener,
  ): Promise<ReadResource | CallAnswer | JudgedCall> {
    const { signal } = listener;
    const uri = await this.reads.findUri(principal, serverId, name, parameters, { signal });
    if (uri !== undefined) return this.reads.read(principal, door, serverId, uri, { signal });
    const tool = await this.tools.findTool(serverId, name);
    if (!tool?.readOnly) throw resourceNotFound();
    return this.calls.call(principal, door, { serverId, tool: name, arguments: parameters, waitMs }, listener);
  }
}
