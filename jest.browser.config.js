import config from './jest.config.js';

/** The page of apps/verifier in a real Chromium: `npm run test:browser`. */
export default {
  ...config,
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};
