import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const backend = process.env.BACKEND ?? 'http://127.0.0.1:8080';

const config = defineConfig({
  root: here('.'),
  plugins: [react()],
  resolve: {
    alias: {
      // The longer name first: an alias takes what begins with it.
      '@app/session-protocol/client': here('../libs/session-protocol/src/client/index.ts'),
      '@app/session-protocol': here('../libs/session-protocol/src/index.ts'),
    },
  },
  server: {
    port: 5173,
    proxy: {
      '/api': backend,
      '/auth': backend,
      '/docs': backend,
      '/dev': backend,
      '/healthz': backend,
      '/ws': { target: backend, ws: true },
    },
  },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: 'es2023',
    // The content policy has no data: for scripts or fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // The graph and Markdown are split off by their own lazy imports; React changes less often than the rest.
          groups: [{ name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }],
        },
      },
    },
  },
});

// Vite reads its configuration from the default export.
export { config as default };
