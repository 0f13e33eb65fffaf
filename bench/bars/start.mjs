import { makeFolder, startProduct } from '../lib/app.mjs';
import { report } from '../lib/measure.mjs';

/** From the command to the line that says where the app is: on an empty folder, and on one that it knows. */
export async function start() {
  const folder = await makeFolder();
  try {
    const cold = await startProduct(folder);
    await cold.stop();
    const warm = await startProduct(folder);
    await warm.stop();
    report('cold start, ms against 15,000', cold.readyMs, 15_000, { limit: 1, higherIsBetter: false });
    report('warm start, ms against 5,000', warm.readyMs, 5_000, { limit: 1, higherIsBetter: false });
  } finally {
    await folder.remove();
  }
}
