import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import type { Principal } from '../identity/principal.js';
import { type FiledServer, FiledServersService } from '../registry/filed-servers.service.js';
import type { FiledTool } from '../registry/filed-tool.js';
import { ExportKeys, type Signer } from './export-keys.service.js';
import {
  IMPORT_ACTIONS,
  type ImportAction,
  type ImportOptions,
  type PlannedServer,
  planServer,
} from './import-plan.js';
import { MAX_SERVERS, type ServerFile } from './server-file.js';
import { findReasonToLeaveOut, readTools, toConfiguration, toWholeFileServer } from './to-file-server.js';

export type ImportedServer = Omit<PlannedServer, 'target'> & {
  /** Of the server here; null for one that is not there, or not yet. */
  serverId: ServerId | null;
};

export interface ImportReport {
  /** Nothing was done: it says what would be. */
  dryRun: boolean;
  signature: { signer: Signer; keyId: string };
  servers: ImportedServer[];
  summary: Record<ImportAction, number>;
}

interface Step {
  plan: PlannedServer;
  tools: readonly FiledTool[];
  existing: FiledServer | undefined;
}

/** Servers out of a file: planned, then all of it in one transaction, or nothing. */
@Injectable()
export class ServerImportsService {
  constructor(
    private readonly database: Database,
    private readonly servers: FiledServersService,
    private readonly keys: ExportKeys,
    private readonly activity: Activity,
  ) {}

  /** @throws 400 for a file that was changed since it was signed, or names what may not be called; 403 without room */
  async import(
    principal: Principal,
    file: ServerFile,
    { dryRun, ...options }: ImportOptions & { dryRun: boolean },
  ): Promise<ImportReport> {
    const signer = await this.keys.verify(principal, file);
    const tools = file.servers.map(readTools);
    for (const { url } of file.servers) await this.servers.refuseForbidden(url);
    if (dryRun) {
      const steps = await this.plan(principal, file, tools, options);
      return toReport(file, signer, steps.map(toImported), { dryRun });
    }
    return this.database.transaction(async () => {
      const done: ImportedServer[] = [];
      for (const step of await this.plan(principal, file, tools, options)) done.push(await this.apply(principal, step));
      await this.keys.remember(principal, file);
      const report = toReport(file, signer, done, { dryRun });
      const { organizationId } = principal;
      await this.activity.record({
        organizationId,
        action: 'servers.imported',
        details: { ...report.summary, signer, keyId: file.signature.key_id },
      });
      return report;
    });
  }

  private async plan(
    principal: Principal,
    file: ServerFile,
    tools: readonly (readonly FiledTool[])[],
    options: ImportOptions,
  ): Promise<Step[]> {
    const here = new Map(
      (await this.servers.list(principal, MAX_SERVERS)).map((found) => [found.server.name.toLowerCase(), found]),
    );
    const names = new Set([...here.keys(), ...file.servers.map(({ name }) => name.toLowerCase())]);
    return file.servers.map((given, index): Step => {
      const existing = here.get(given.name.toLowerCase());
      const known = existing && {
        server: toWholeFileServer(existing),
        isFixed: findReasonToLeaveOut(existing.server) !== undefined,
      };
      const plan = planServer(given, known, (name) => names.has(name.toLowerCase()), options);
      if (plan.newName !== null) names.add(plan.newName.toLowerCase());
      return { plan, tools: tools[index] ?? [], existing };
    });
  }

  private async apply(principal: Principal, step: Step): Promise<ImportedServer> {
    const { plan, existing } = step;
    if (plan.action === 'create' || plan.action === 'rename') {
      const policies = new Map(plan.target.tools.map((tool) => [tool.name, tool.approval_policy]));
      const tools = step.tools.map((tool) => ({ ...tool, approvalPolicy: policies.get(tool.name) ?? null }));
      const { id } = await this.servers.add(principal, toConfiguration(plan.target), tools);
      return { ...toImported(step), serverId: id };
    }
    if (plan.action === 'update' && existing) {
      const fields = plan.changes.map(({ field }) => field);
      const { id } = existing.server;
      await this.servers.change(principal, id, { ...toConfiguration(plan.target), name: existing.server.name }, fields);
      await this.servers.setPolicies(id, policiesOf(plan));
    }
    return toImported(step);
  }
}

/** Those of tools that change. */
function policiesOf({ changes, target }: PlannedServer): ReadonlyMap<string, FiledTool['approvalPolicy']> {
  const changed = new Set(changes.map(({ field }) => field));
  const tools = target.tools.filter(({ name }) => changed.has(`tools/${name}/approval_policy`));
  return new Map(tools.map(({ name, approval_policy }) => [name, approval_policy]));
}

function toImported({ plan: { target: _target, ...plan }, existing }: Step): ImportedServer {
  const isOther = plan.action === 'create' || plan.action === 'rename';
  return { ...plan, serverId: isOther ? null : (existing?.server.id ?? null) };
}

function toReport(
  { signature }: ServerFile,
  signer: Signer,
  servers: ImportedServer[],
  { dryRun }: { dryRun: boolean },
): ImportReport {
  const count = (wanted: ImportAction) => servers.filter(({ action }) => action === wanted).length;
  const summary = Object.fromEntries(IMPORT_ACTIONS.map((action) => [action, count(action)]));
  return {
    dryRun,
    signature: { signer, keyId: signature.key_id },
    servers,
    summary: summary as ImportReport['summary'],
  };
}
