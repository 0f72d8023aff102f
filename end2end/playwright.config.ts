import { defineConfig } from '@playwright/test';

// Real time is what is tested here: one test after the other, and no second try for one that fails.
export default defineConfig({
  workers: 1,
  retries: 0,
  fullyParallel: false,
  forbidOnly: !!process.env['CI'],
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  outputDir: 'test-results',
  projects: [
    { name: 'unit', testDir: 'unit' },
    { name: 'calls', testDir: 'tests' },
    { name: 'bench', testDir: 'bench', testMatch: '*.bench.ts', timeout: 60 * 60_000 },
  ],
});
