import { defineConfig } from '@playwright/test';

// Real time is what is tested here: one test after the other. Three browsers, LiveKit and the desk share two cores, and a
// machine that stands still for a second is a second of silence to an ear; so a failed test has two more tries, and
// `make test` names at its end what needed them, and why.
export default defineConfig({
  workers: 1,
  retries: 2,
  fullyParallel: false,
  forbidOnly: !!process.env['CI'],
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  outputDir: 'test-results',
  projects: [
    { name: 'unit', testDir: 'unit' },
    { name: 'calls', testDir: 'tests' },
    { name: 'firefox', testDir: 'firefox' },
    { name: 'bench', testDir: 'bench', testMatch: '*.bench.ts', timeout: 60 * 60_000, retries: 0 },
  ],
});
