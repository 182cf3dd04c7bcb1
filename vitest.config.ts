import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global.ts'],
    setupFiles: ['tests/support/traffic.ts'],
    // Each file starts servers of its own; two cores hold two.
    maxWorkers: 2,
    // The sources run as they stand, by Node's own type stripping and module resolution, as in production.
    experimental: { viteModuleRunner: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
