import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Replica } from "../e2e/replicas.ts";
import type { Dice } from "./dice.ts";
import type { Tally } from "./tally.ts";

interface Webhook {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** A load balancer gives up on a replica after so long, and leaves it alone for a while; when all is calm, GitHub itself does. */
const patienceMs = { storm: 2_000, calm: 9_000 };
const avoidedMs = 4_000;

/** The network between GitHub and the replicas: it drops, doubles and delays what passes, and so changes the order. */
export class Front {
  readonly #replicas: readonly Replica[];
  readonly #dice: Dice;
  readonly #tally: Tally;
  readonly #server: Server;
  /** Until when (ms) a replica that did not answer is left alone. */
  readonly #avoided = new Map<Replica, number>();
  readonly #underWay = new Set<Promise<unknown>>();
  #mischief = true;
  #turn = 0;

  constructor(replicas: readonly Replica[], dice: Dice, tally: Tally) {
    this.#replicas = replicas;
    this.#dice = dice;
    this.#tally = tally;
    this.#server = createServer((incoming, response) => this.#track(this.#take(incoming, response)));
  }

  async open(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on everything passes; resolves when what was held back has arrived. */
  async calm(): Promise<void> {
    this.#mischief = false;
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  #track(work: Promise<unknown>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const webhook: Webhook = {
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: Buffer.concat(chunks),
    };
    const dice = this.#dice;
    const fate = this.#mischief
      ? dice.pick([84, "passed"], [4, "dropped"], [3, "answer lost"], [4, "doubled"], [5, "late"])
      : "passed";
    if (fate !== "passed") this.#tally.add(`webhook ${fate}`);
    switch (fate) {
      case "dropped":
        response.writeHead(502).end();
        return;
      case "answer lost":
        await this.#forward(webhook);
        response.destroy();
        return;
      case "doubled":
        this.#track(delay(dice.between(0, 3_000)).then(() => this.#forward(webhook)));
        break;
      case "late":
        // GitHub itself is late with it: it is not lost, and later ones overtake it.
        response.writeHead(202).end();
        await delay(dice.between(100, 8_000));
        while (!accepted(await this.#forward(webhook))) await delay(500);
        return;
      case "passed":
        break;
      default:
        fate satisfies never;
    }
    const status = await this.#forward(webhook);
    if (!accepted(status)) this.#tally.add(`webhook answered ${status}`);
    response.writeHead(status).end();
  }

  /** To the next replica that answers; the status that GitHub gets. */
  async #forward(webhook: Webhook): Promise<number> {
    const { length } = this.#replicas;
    this.#turn += 1;
    const order = Array.from({ length }, (_, next) => this.#replicas[(this.#turn + next) % length]);
    let status = 502;
    for (const replica of order) {
      if (!replica?.url || (this.#avoided.get(replica) ?? 0) > Date.now()) continue;
      const answered = await post(
        `${replica.url}${webhook.path}`,
        webhook,
        this.#mischief ? patienceMs.storm : patienceMs.calm,
      );
      if (answered === null) this.#avoided.set(replica, Date.now() + avoidedMs);
      else if (answered !== 503) return answered;
      else status = 503;
    }
    return status;
  }
}

function accepted(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The status it answers, or null where it can't be reached or is silent for too long. */
function post(url: string, { headers, body }: Webhook, patience: number): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const outgoing = request(url, {
    method: "POST",
    headers,
    agent: false,
    signal: AbortSignal.timeout(patience),
  });
  outgoing.on("error", () => resolve(null));
  outgoing.on("response", (answer) => {
    answer.on("error", () => resolve(null));
    answer.resume();
    answer.on("end", () => resolve(answer.statusCode ?? 502));
  });
  outgoing.end(body);
  return promise;
}
