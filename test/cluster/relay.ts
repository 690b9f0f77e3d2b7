import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";

/** A TLS proxy for gRPC, like an ingress. It shows which certificates its clients use. */
export interface Relay {
  readonly port: number;
  /** The serial number of the client certificate of each connection so far. */
  readonly serials: readonly string[];
  /** Closes all connections, so that the clients connect again. */
  disconnect(): void;
}

/** The two sides of a relay. */
interface Sides {
  /** Its server certificate, and the CA of the client certificates that it requires. */
  readonly clients: { readonly cert: string; readonly key: string; readonly ca: string };
  /** Where it connects to, its client certificate, and the CA of the server's certificate. */
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly servername: string;
    readonly cert: string;
    readonly key: string;
    readonly ca: Buffer;
  };
}

/** Starts a relay. It stops at the end of the test. */
export async function startRelay(t: TestContext, { clients, server }: Sides): Promise<Relay> {
  const serials: string[] = [];
  const sockets = new Set<TLSSocket>();
  const ALPNProtocols = ["h2"];
  const relay = createServer({ ...clients, requestCert: true, rejectUnauthorized: true, ALPNProtocols }, (incoming) => {
    serials.push(incoming.getPeerCertificate().serialNumber);
    const outgoing = connect({ ...server, ALPNProtocols });
    const join = (from: TLSSocket, to: TLSSocket) => {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    };
    join(incoming, outgoing);
    join(outgoing, incoming);
  });
  await new Promise<void>((resolve) => relay.listen(0, resolve));
  const disconnect = () => {
    for (const socket of sockets) socket.destroy();
  };
  t.after(() => {
    relay.close();
    disconnect();
  });
  return { port: (relay.address() as AddressInfo).port, serials, disconnect };
}
