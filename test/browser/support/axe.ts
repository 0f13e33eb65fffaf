import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = join(process.cwd(), 'node_modules/axe-core/axe.min.js');
/** Another theme is other colours and nothing else. */
const THEMES = [
  ['ink', { resultTypes: ['violations'] }],
  ['paper', { resultTypes: ['violations'], runOnly: ['color-contrast'] }],
] as const;

/** Serious faults for assistive technology. Injected as a person's own tool would be, past the content policy. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const found: string[] = [];
  for (const [theme, options] of THEMES) {
    await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
    const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
    const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    found.push(...bad.map(({ id, nodes }) => `${theme} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`));
  }
  return found;
}
