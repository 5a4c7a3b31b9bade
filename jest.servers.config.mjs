/** The suites that talk to real servers (Postgres, Redis, Dovecot): `npm run test:servers`. */
import everywhere from './jest.config.mjs';

/** @type {import('jest').Config} */
export default {
  ...everywhere,
  testMatch: ['<rootDir>/dist/test/servers/**/*.test.js'],
  testPathIgnorePatterns: [],
  // They share one database server: side by side they would only measure each other.
  maxWorkers: 1,
  testTimeout: 60_000,
};
