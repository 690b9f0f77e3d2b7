import Module from "node:module";

/** A replacement for the part of `node:test` that the tests use. It lists tests, with the names of their suites. */
let tests = [];
let names = [];

function test(name, ...rest) {
  const options = rest.find((argument) => typeof argument === "object") ?? {};
  const body = rest.find((argument) => typeof argument === "function");
  if (options.skip) return;
  const context = { name, diagnostic() {}, skip() {} };
  tests.push({ name: [...names, name].join(" > "), run: async () => body(context) });
}

function describe(name, ...rest) {
  names.push(name);
  rest.find((argument) => typeof argument === "function")();
  names.pop();
}

function unsupported() {
  throw new Error("hooks of node:test are not supported here");
}

const replacement = Object.assign(test, {
  test,
  it: test,
  describe,
  suite: describe,
  before: unsupported,
  after: unsupported,
  beforeEach: unsupported,
  afterEach: unsupported,
  default: test,
  __esModule: true,
});

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === "node:test" ? replacement : load.call(this, request, ...rest);
};

/**
 * Returns the tests that a call of `loadTests` registers.
 *
 * @param loadTests loads a test file.
 */
export function collect(loadTests) {
  tests = [];
  names = [];
  loadTests();
  return tests;
}
