import Module from "node:module";

/** The part of `node:test` that the tests use, as a list: each test with the names of what it is in. */
let tests = [];
let names = [];

function test(name, ...rest) {
  const options = rest.find((part) => typeof part === "object") ?? {};
  const body = rest.find((part) => typeof part === "function");
  if (options.skip) return;
  const context = { name, diagnostic() {}, skip() {} };
  tests.push({ name: [...names, name].join(" > "), run: async () => body(context) });
}

function describe(name, ...rest) {
  names.push(name);
  rest.find((part) => typeof part === "function")();
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

/** The tests that `work` registers. */
export function collect(work) {
  tests = [];
  names = [];
  work();
  return tests;
}
