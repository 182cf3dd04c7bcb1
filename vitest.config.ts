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
    // `npm run coverage`. What runs in processes of its own is not counted: commands, and the server's entry.
    coverage: {
      include: ['src/**/*.ts'],
      exclude: ['src/graphql/generated/**', 'src/cli/**', 'src/main.ts', 'src/platform/processes/**'],
      reporter: ['text-summary', 'html', 'lcov'],
      thresholds: { statements: 80, branches: 80, functions: 80, lines: 80 },
    },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
