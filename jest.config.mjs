export default {
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.test.js'],
  transform: {},
  maxWorkers: 2,
  testTimeout: 20_000,
};
