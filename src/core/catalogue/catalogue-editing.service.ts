import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId, type ServiceId } from '../../platform/ids.js';
import type { ActivityAction } from '../activity/activity.js';
import { Activity } from '../activity/activity.service.js';
import type { Principal } from '../identity/principal.js';
import { CatalogueService } from './catalogue.service.js';
import { importFailed, serverJsonIsInvalid, serviceNameTaken, serviceNotFound } from './catalogue.errors.js';
import { documentsIn } from './documents.js';
import { RemoteDocuments } from './remote-documents.service.js';
import { readServerJson } from './server-json.js';
import type { CatalogueEntry, DescribedService, NewCatalogueEntry, ServiceSource } from './service.js';
import { ServicesRepository } from './services.repository.js';

/** What is undefined stays as it is. */
export interface ServiceChange {
  enabled?: boolean | undefined;
  serverJson?: Record<string, unknown> | undefined;
}

export type ImportSource = { url: string } | { document: unknown };

/** What became of each server that a document told of. */
export interface Imported {
  added: string[];
  changed: string[];
  leftOut: { name: string; reason: string }[];
}

const MOST_ENTRIES = 200;

/** Administrators of the instance decide what is in the catalogue. */
@Injectable()
export class CatalogueEditingService {
  constructor(
    private readonly database: Database,
    private readonly services: ServicesRepository,
    private readonly catalogue: CatalogueService,
    private readonly documents: RemoteDocuments,
    private readonly activity: Activity,
    private readonly clock: Clock,
  ) {}

  /** @throws 400 SERVER_JSON_INVALID, 409 SERVICE_NAME_TAKEN */
  async add(principal: Principal, serverJson: Record<string, unknown>): Promise<DescribedService> {
    const entry = readEntry(serverJson, 'document', null);
    const saved = await this.save(principal, entry, { replace: false });
    if (!saved) throw serviceNameTaken();
    return this.catalogue.get(principal, saved.id);
  }

  /** The name of an entry stays: another one is another entry. @throws 400, 404, 409 */
  async change(principal: Principal, id: ServiceId, { enabled, serverJson }: ServiceChange): Promise<DescribedService> {
    await this.database.transaction(async () => {
      const known = await this.services.find(id);
      if (!known) throw serviceNotFound();
      if (serverJson) {
        const entry = readEntry(serverJson, known.source, known.sourceUrl);
        if (entry.name !== known.name) throw serviceNameTaken();
        await this.services.save(id, entry, { replace: true, at: this.clock.now() });
      }
      if (serverJson || enabled !== undefined) {
        await this.services.setEnabled(id, enabled ?? known.enabled, this.clock.now());
        await this.tell(principal, 'service.changed', known);
      }
    });
    return this.catalogue.get(principal, id);
  }

  /** @throws 404 */
  async remove(principal: Principal, id: ServiceId): Promise<void> {
    await this.database.transaction(async () => {
      const known = await this.services.find(id);
      if (!known || !(await this.services.remove(id))) throw serviceNotFound();
      await this.tell(principal, 'service.removed', known);
    });
  }

  /**
   * One `server.json`, or the list of a registry (`/v0/servers`, MCP Registry API); of a server in several versions the
   * newest. An entry of the same name is replaced.
   * @throws 400 EGRESS_REFUSED, IMPORT_FAILED, SERVER_JSON_INVALID
   */
  async import(principal: Principal, source: ImportSource, wait: { signal: AbortSignal }): Promise<Imported> {
    const url = 'url' in source ? source.url : null;
    const document = 'url' in source ? await this.documents.read(source.url, wait) : source.document;
    const found = documentsIn(document);
    if (found.length === 0) throw importFailed('the document names no server.');
    const imported: Imported = { added: [], changed: [], leftOut: [] };
    for (const serverJson of found.slice(0, MOST_ENTRIES)) {
      await this.importOne(principal, serverJson, url, imported);
    }
    if (found.length > MOST_ENTRIES) {
      imported.leftOut.push({ name: '', reason: `There are more than ${MOST_ENTRIES} servers in it.` });
    }
    return imported;
  }

  private async importOne(
    principal: Principal,
    serverJson: Record<string, unknown>,
    url: string | null,
    { added, changed, leftOut }: Imported,
  ): Promise<void> {
    const read = readServerJson(serverJson);
    if (!read.ok) {
      const [problem] = read.problems;
      const name = typeof serverJson.name === 'string' ? serverJson.name.slice(0, 200) : '';
      leftOut.push({ name, reason: `${problem?.path ?? ''} ${problem?.message ?? 'is not valid'}`.trim() });
      return;
    }
    const entry = readEntry(serverJson, url === null ? 'document' : 'url', url);
    const isNew = await this.save(principal, entry, { replace: false });
    if (!isNew) await this.save(principal, entry, { replace: true });
    (isNew ? added : changed).push(entry.name);
  }

  private async save(
    principal: Principal,
    entry: NewCatalogueEntry,
    { replace }: { replace: boolean },
  ): Promise<CatalogueEntry | undefined> {
    const at = this.clock.now();
    return this.database.transaction(async () => {
      const saved = await this.services.save(newId('svc', at.getTime()), entry, { replace, at });
      if (saved) await this.tell(principal, replace ? 'service.changed' : 'service.added', saved);
      return saved;
    });
  }

  private async tell(
    { organizationId }: Principal,
    action: ActivityAction,
    { id, title }: Pick<CatalogueEntry, 'id' | 'title'>,
  ): Promise<void> {
    await this.activity.record({ organizationId, action, subject: { kind: 'service', id, name: title } });
  }
}

function readEntry(
  serverJson: Record<string, unknown>,
  source: ServiceSource,
  sourceUrl: string | null,
): NewCatalogueEntry {
  const read = readServerJson(serverJson);
  if (!read.ok) throw serverJsonIsInvalid(read.problems);
  const { name, title, description, version } = read.server;
  return { name, title, description, version, serverJson, source, sourceUrl };
}
