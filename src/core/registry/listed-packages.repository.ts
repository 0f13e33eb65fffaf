import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Id, ServerId } from '../../platform/ids.js';
import type { ListedPackage } from './listed-package.js';
import type { PackageVersion } from './package-runner.port.js';

const ROW = `listed_packages.id, name, version, listed_at as "listedAt", users.username as "listedBy",
  (select count(*)::int from servers where servers.url = 'npm:' || listed_packages.name || '@' || version) as servers`;
const ROWS = 'listed_packages left join users on users.id = listed_by';

@Injectable()
export class ListedPackagesRepository {
  constructor(private readonly database: Database) {}

  /** Does nothing where it is listed already. */
  async insert(id: Id<'pkg'>, { name, version }: PackageVersion, by: string, at: Date): Promise<void> {
    await this.database.sql(
      `insert into listed_packages (id, name, version, listed_by, listed_at) values ($1, $2, $3, $4, $5)
       on conflict on constraint listed_packages_name do nothing`,
      [id, name, version, by, at.toISOString()],
    );
  }

  async find({ name, version }: PackageVersion): Promise<ListedPackage | undefined> {
    const [found] = await this.database.sql<ListedPackage>(
      `select ${ROW} from ${ROWS} where name = $1 and version = $2`,
      [name, version],
    );
    return found;
  }

  async list(): Promise<ListedPackage[]> {
    return this.database.sql<ListedPackage>(`select ${ROW} from ${ROWS} order by name, listed_at, listed_packages.id`);
  }

  async remove(id: Id<'pkg'>): Promise<PackageVersion | undefined> {
    const [removed] = await this.database.sql<PackageVersion>(
      'delete from listed_packages where id = $1 returning name, version',
      [id],
    );
    return removed;
  }

  async listServers(url: string): Promise<ServerId[]> {
    const found = await this.database.sql<{ id: ServerId }>('select id from servers where url = $1', [url]);
    return found.map(({ id }) => id);
  }
}
