import { endingOf } from './lib/failures.mjs';
import { totalsIn } from './lib/totals.mjs';

/** `node scripts/totals.mjs <folder>`: what failed in the reports in it, and their sum in one line; fails when one of them tells of a failure. */
const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('Usage: node scripts/totals.mjs <folder>');
  process.exit(2);
}
const totals = totalsIn(folder);
console.log(endingOf(folder));
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
