import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { areaOf, KNOWS_EVERYONE, MAY_IMPORT } from './import-table.js';
import { ROOT } from './sources.js';

test('the table of imports names no area that is gone', () => {
  const areas = [...Object.keys(MAY_IMPORT), ...Object.values(MAY_IMPORT).flat(), ...KNOWS_EVERYONE];
  const gone = areas.filter((area) => area !== 'port' && !existsSync(join(ROOT, 'src', area)));
  expect(gone).toEqual([]);
});

test('a file belongs to its context, its surface, or the folder at the top', () => {
  expect(areaOf('src/core/agent/turn.ts')).toBe('core/agent');
  expect(areaOf('src/surfaces/client/schemas/page.schemas.ts')).toBe('surfaces/client');
  expect(areaOf('src/platform/clock.ts')).toBe('platform');
  expect(areaOf('src/main.ts')).toBe('main.ts');
});
