import type { Server } from "node:http";

/** Listens on loopback only; 0 takes any free port. Answers the port. */
export function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", () => {
    server.off("error", reject);
    const address = server.address();
    if (address === null || typeof address === "string")
      reject(new Error("the sandbox is not listening on a port"));
    else resolve(address.port);
  });
  return promise;
}

export function closeServer(server: Server): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.close((error) => (error === undefined ? resolve() : reject(error)));
  // Clients keep their connections for later; nothing more will come over them.
  server.closeAllConnections();
  return promise;
}
