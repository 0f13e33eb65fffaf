import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeHalfWritten, removeOldBackups, timeInName } from './backup-files.js';

it('names what is made in one second differently, in the order of time', () => {
  const names = [1, 20, 300].map((ms) => timeInName(new Date(Date.UTC(2026, 10, 21, 10, 5, 0, ms))));
  expect(names).toEqual(['2026-11-21T10-05-00-001Z', '2026-11-21T10-05-00-020Z', '2026-11-21T10-05-00-300Z']);
});

describe('the folder of the daily backups', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-backups-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = async (name: string, hoursOld = 0) => {
    const file = join(folder, name);
    await writeFile(file, '');
    const then = new Date(Date.now() - hoursOld * 3_600_000);
    await utimes(file, then, then);
  };

  it('loses the oldest, those of earlier versions too, and nothing that somebody else put there', async () => {
    await put('nightly-2026-11-20T10-05-00Z.tar.gz');
    await put('nightly-2026-11-21T10-05-00-123Z.tar.gz');
    await put('nightly-2026-11-22T10-05-00-123Z.tar.gz');
    await put('nightly-of-mine.tar.gz');
    expect(await removeOldBackups(folder, 2)).toBe(1);
    expect(await readdir(folder)).toEqual([
      'nightly-2026-11-21T10-05-00-123Z.tar.gz',
      'nightly-2026-11-22T10-05-00-123Z.tar.gz',
      'nightly-of-mine.tar.gz',
    ]);
  });

  it('loses what a process that was killed left half written, but not what is being written', async () => {
    await put('nightly-2026-11-21T10-05-00-123Z.tar.gz.17.partial', 3);
    await put('nightly-2026-11-22T10-05-00-123Z.tar.gz.17.partial');
    await removeHalfWritten(folder);
    expect(await readdir(folder)).toEqual(['nightly-2026-11-22T10-05-00-123Z.tar.gz.17.partial']);
  });
});
