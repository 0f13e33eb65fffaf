import { sentence, totalsIn } from './lib/totals.mjs';

/** `node scripts/totals.mjs <folder>`: one line for all the reports in it; fails when one of them tells of a failure. */
const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('Usage: node scripts/totals.mjs <folder>');
  process.exit(2);
}
const totals = totalsIn(folder);
console.log(sentence(totals));
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
