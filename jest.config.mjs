/**
 * The tests run the compiled program: dist/ holds exactly the files that `hubbub start` runs, so worker
 * threads and child processes are the real ones and nothing is transformed (docs/adr/0010).
 * Fixtures and mappings are read from the source tree; dist/ mirrors only code.
 *
 * @type {import('jest').Config}
 */
export default {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/dist'],
  testMatch: ['<rootDir>/dist/**/*.test.js'],
  // These need Postgres, Redis or Dovecot: `npm run test:servers`.
  testPathIgnorePatterns: ['<rootDir>/dist/test/servers/'],
  testEnvironment: 'node',
  transform: {},
  cacheDirectory: '<rootDir>/.cache/jest',
  testSequencer: '<rootDir>/test/slow-first.mjs',
  // One more than the two cores of CI: a suite that waits for a clock or a platform leaves its core to another.
  maxWorkers: 3,
  // A module loaded in a test's own context is never given back; a worker grown past this is replaced.
  workerIdleMemoryLimit: '700MB',
  testTimeout: 20_000,
  watchman: false,
};
