/** Loaded late, because the setup is what teaches Node to find it. */
async function globalTeardown(): Promise<void> {
  const { stopTestDatabase } = await import('./global-setup.js');
  await stopTestDatabase();
}

export { globalTeardown as default };
