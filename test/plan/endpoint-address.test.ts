import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  isIp,
  isLoopback,
  needsDns,
  parseAddress,
  parseEndpoint,
  serviceNameOf,
  splitScheme,
} from "../../src/plan/endpoint-address";

describe("parseAddress", () => {
  const cases: [string, string | undefined, number?][] = [
    ["host", "host"],
    ["Host.:80", "host", 80],
    ["10.0.0.1:80", "10.0.0.1", 80],
    ["[::1]:80", "::1", 80],
    ["::1", "::1"],
    ["http://user:password@host:80/path?q#f", "host", 80],
    ["https://host", "host"],
    ["http://[fe80::1]:80", "fe80::1", 80],
    ["dns:///host:80", "host", 80],
    ["dns://8.8.8.8/host:80", "host", 80],
    ["dns:host:80", "host", 80],
    ["dns:/host:80", "host", 80],
    ["passthrough:///host:80", "host", 80],
    ["ipv4:10.0.0.1:80", "10.0.0.1", 80],
    ["unix:///run/socket", undefined],
    ["unix:socket", undefined],
    ["xds:///host:80", undefined],
    ["", undefined],
    ["host:port", undefined],
    ["a b:c:d", undefined],
  ];
  for (const [text, name, port] of cases) {
    const expected = name === undefined ? undefined : { host: name, ...(port === undefined ? {} : { port }) };
    test(`${name === undefined ? "rejects" : "parses"} ${text || "an empty text"}`, () =>
      assert.deepEqual(parseAddress(text), expected));
  }
});

test("splitScheme keeps what precedes the address as it is written", () => {
  const table: [string, string | undefined, string, string][] = [
    ["host:80", undefined, "", "host:80"],
    ["HTTPS://user@host:80/path", "https", "HTTPS://", "user@host:80/path"],
    ["dns:///host:80", "dns", "dns:///", "host:80"],
    ["dns://8.8.8.8/host:80", "dns", "dns://8.8.8.8/", "host:80"],
    ["dns:host:80", "dns", "dns:", "host:80"],
    ["dns://host:80", "dns", "dns://", "host:80"],
    ["unix:///run/socket", "unix", "unix:///", "run/socket"],
  ];
  for (const [text, scheme, prefix, address] of table)
    assert.deepEqual(splitScheme(text), { ...(scheme === undefined ? {} : { scheme }), prefix, address });
});

test("parseEndpoint parses a list", () => {
  assert.deepEqual(parseEndpoint("a:1,dns:///b:2"), [
    { host: "a", port: 1 },
    { host: "b", port: 2 },
  ]);
  assert.equal(parseEndpoint("a:1,unix:socket"), undefined);
});

test("serviceNameOf recognizes the names of Services", () => {
  const table: [string, { name: string; namespace?: string } | undefined][] = [
    ["web", { name: "web" }],
    ["web.shop", { name: "web", namespace: "shop" }],
    ["web.shop.svc", { name: "web", namespace: "shop" }],
    ["web.shop.svc.cluster.local", { name: "web", namespace: "shop" }],
    ["web.shop.example.com", undefined],
    ["10.0.0.1", undefined],
  ];
  for (const [host, expected] of table) assert.deepEqual(serviceNameOf(host), expected, host);
});

test("needsDns is false for IP addresses and aliases", () => {
  const podSpec = { hostAliases: [{ ip: "10.0.0.1", hostnames: ["Web"] }] };
  assert.ok(needsDns("shop", podSpec) && needsDns("web", {}));
  assert.ok(!needsDns("web", podSpec) && !needsDns("10.0.0.1", {}) && !needsDns("fe80::1", {}));
});

test("isLoopback recognizes the pod itself", () => {
  for (const name of ["localhost", "127.0.0.1", "127.1.2.3", "::1", "0:0:0:0:0:0:0:1", "0.0.0.0", "a.localhost"])
    assert.ok(isLoopback(name), name);
  for (const name of ["localhost.example.com", "10.127.0.0", "::2", "fe80::1", "mylocalhost"])
    assert.ok(!isLoopback(name), name);
});

test("isIp recognizes IP addresses", () => {
  assert.ok(isIp("10.0.0.1") && isIp("fe80::1"));
  assert.ok(!isIp("10.example.com") && !isIp("host"));
});
