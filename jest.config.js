/** Tests run as they ship: TypeScript is compiled to dist/ first (`npm test` does), and Jest runs that. */
module.exports = {
  rootDir: __dirname,
  roots: ["<rootDir>/dist/tests"],
  testMatch: ["**/*.test.js"],
  testEnvironment: "<rootDir>/dist/tests/support/environment.js",
  // One dependency is published as ES modules only, which Jest's own loader does not take.
  transform: {
    "/@marcbachmann/cel-js/.+\\.js$": ["babel-jest", { plugins: ["@babel/plugin-transform-modules-commonjs"] }],
  },
  transformIgnorePatterns: ["/dist/", "/node_modules/(?!@marcbachmann/cel-js/)"],
  testTimeout: 60_000,
};
