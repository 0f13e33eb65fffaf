import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Row {
  /** What is sent, and what the document says will happen. */
  request: string;
  /** Where the document says it. */
  document: string;
  holds: boolean;
}

/** Declares the test of one promise. */
export type Holds = (document: string, request: string, work: () => Promise<void>, timeoutMs?: number) => void;

const FOLDER = join(__dirname, '../golden/compatibility');

/**
 * The promises of one part of a document. Each is a test and a row of docs/compatibility.md; the last test compares the
 * rows with the golden ones. `UPDATE_GOLDEN=1 npm run test:contracts && node scripts/docs.mjs` brings both up to date.
 */
export function chapter(name: string, title: string, define: (holds: Holds) => void): void {
  describe(title, () => {
    const rows: (Omit<Row, 'holds'> & { holds?: boolean })[] = [];
    define((document, request, work, timeoutMs) => {
      const row: (typeof rows)[number] = { request, document };
      rows.push(row);
      const run = async () => {
        row.holds = false;
        await work();
        row.holds = true;
      };
      test(`${request} (${document})`, run, timeoutMs);
    });

    test('the table of compatibility says the same', () => {
      expect(rows.filter(({ holds }) => holds === undefined)).toEqual([]);
      compareWithGolden(join(FOLDER, `${name}.json`), { title, rows });
    });
  });
}

/** With UPDATE_GOLDEN=1 the file is written instead. */
export function compareWithGolden(file: string, value: unknown): void {
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  }
  const golden: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(JSON.parse(JSON.stringify(value))).toEqual(golden);
}
