import { chmodSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Where a relay can be reached: a port of 127.0.0.1, or a socket file. */
export type RelayAddress = number | string;

interface Passage {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * Leads connections on to whatever stands behind an address at the moment, as a DNS name does that moves in a failover: connections
 * there are stay where they were, new ones go to the new place.
 */
export class Relay {
  readonly #leadsTo: () => string | undefined;
  readonly #servers = new Set<Server>();
  readonly #clients = new Set<Socket>();
  readonly #passages = new Set<Passage>();

  /** @param leadsTo gives the path of the socket file to connect to; undefined when there is none, and then nobody is let in */
  constructor(leadsTo: () => string | undefined) {
    this.#leadsTo = leadsTo;
  }

  /** Listens at one more address; returns its port, which is 0 for a socket file. */
  async listen(address: RelayAddress): Promise<number> {
    const server = createServer((client) => this.#lead(client));
    this.#servers.add(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      if (typeof address === 'number') server.listen(address, '127.0.0.1', resolve);
      else server.listen(address, resolve);
    });
    if (typeof address === 'number') return (server.address() as AddressInfo).port;
    // Clients in a node are not root.
    chmodSync(address, 0o666);
    return 0;
  }

  /** Gives a port up. Who is connected by it stays so. */
  async leave(port: number): Promise<void> {
    const left = [...this.#servers].find((server) => (server.address() as AddressInfo | null)?.port === port);
    if (!left) throw new Error(`nobody listens at port ${port}`);
    this.#servers.delete(left);
    left.close();
  }

  /**
   * Lets the other end of every connection vanish, as a machine that lost its power does: nobody says goodbye, and what is sent is
   * never answered. Their clients must find that out by themselves.
   */
  vanish(): void {
    for (const passage of this.#passages) {
      const { client, server } = passage;
      this.#passages.delete(passage);
      client.unpipe(server);
      server.unpipe(client);
      server.destroy();
      client.resume();
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await Promise.all([...this.#servers].map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #lead(client: Socket): void {
    this.#clients.add(client);
    client.on('close', () => this.#clients.delete(client));
    // A connection that breaks is closed, which is all there is to know of it.
    client.on('error', () => client.destroy());
    const path = this.#leadsTo();
    if (path === undefined) {
      client.destroy();
      return;
    }
    const server = connect(path);
    const passage = { client, server };
    this.#passages.add(passage);
    server.on('error', () => server.destroy());
    const end = (other: Socket) => () => {
      if (this.#passages.delete(passage)) other.destroySoon();
    };
    server.on('close', end(client));
    client.on('close', () => {
      end(server)();
      server.destroy();
    });
    client.pipe(server).pipe(client);
  }
}
