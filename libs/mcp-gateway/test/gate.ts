/** Something that a test waits for, and lets happen. */
export function gate<T = void>() {
  let open!: (value: T) => void;
  const passed = new Promise<T>((resolve) => (open = resolve));
  return { passed, open };
}

const PATIENCE_MS = 5_000;

/** Looks again until it holds: for what no event tells. */
export async function eventually(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('It did not come to hold.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
