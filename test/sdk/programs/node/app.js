// Sends one span and one metric with the Node.js SDK, configured by environment variables alone.
const { metrics, trace } = require("@opentelemetry/api");
const { NodeSDK } = require("@opentelemetry/sdk-node");

const sdk = new NodeSDK();
sdk.start();
trace.getTracer("test").startSpan(process.argv[2]).end();
metrics.getMeter("test").createCounter("test").add(1);
sdk.shutdown().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
