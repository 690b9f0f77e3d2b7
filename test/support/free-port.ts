import { createServer } from "node:net";

/** The next port to try. It differs between processes, so that tests that run in parallel rarely try the same. */
let nextPort = 20_000 + ((process.pid * 97) % 12_000);

/**
 * Returns a TCP port of the loopback address on which nothing listens, never the same twice. It is below the ports that the
 * kernel assigns to clients, and to servers that request none (`net.ipv4.ip_local_port_range`): such a port can be taken
 * again before it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort++;
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
