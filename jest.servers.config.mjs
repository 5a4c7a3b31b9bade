/**
 * The suites that talk to real servers (Postgres, Redis, Dovecot), and those of the core and the
 * journeys once more on Postgres and BullMQ: `npm run test:servers`.
 */
import everywhere from './jest.config.mjs';

process.env.DB = 'postgres';

const ON_BOTH_DATABASES = ['src/store', 'src/desk', 'src/intake', 'src/replies', 'test/journeys'];

/** @type {import('jest').Config} */
export default {
  ...everywhere,
  testMatch: [
    ...['test/servers', ...ON_BOTH_DATABASES].map(
      (folder) => `<rootDir>/dist/${folder}/**/*.test.js`,
    ),
    '<rootDir>/dist/test/faults/concurrent-filing.test.js',
  ],
  testPathIgnorePatterns: [],
  // They share one database server: side by side they would only measure each other.
  maxWorkers: 1,
  testTimeout: 60_000,
};
