import { createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { Repository } from "./model.ts";
import { unauthorized } from "./refusal.ts";
import type { Answer } from "./router.ts";
import { fullName, type World } from "./world.ts";

/** Below it an Enterprise Server's jobs get their tokens: https://docs.github.com/enterprise-server@latest/actions/reference/security/oidc */
export const ISSUER = "/_services/token";
const tokenSeconds = 300;

interface Job {
  readonly repository: Repository;
  readonly actor: string;
}

/** Who gives jobs of GitHub Actions their OpenID Connect tokens. */
export class JobIdentity {
  readonly #world: World;
  /** By what the runner shows for a job. */
  readonly #jobs = new Map<string, Job>();
  #key: { readonly private: string; readonly public: object } | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** What the runner tells a job with `permissions: id-token: write`. */
  environment(job: Job): Record<"ACTIONS_ID_TOKEN_REQUEST_URL" | "ACTIONS_ID_TOKEN_REQUEST_TOKEN", string> {
    const secret = randomBytes(16).toString("hex");
    this.#jobs.set(secret, job);
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.#world.url}${ISSUER}/request?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret,
    };
  }

  /** Answers a request below the issuer's path. Throws a refusal. */
  answer(url: URL, authorization: string | undefined): Answer {
    const path = url.pathname.slice(ISSUER.length);
    if (path === "/.well-known/jwks") return { status: 200, body: { keys: [this.#keys().public] } };
    const job = this.#jobs.get(authorization?.replace(/^Bearer /, "") ?? "");
    if (path !== "/request" || job === undefined) throw unauthorized();
    return { status: 200, body: { value: this.#token(job, url.searchParams.get("audience") ?? "") } };
  }

  #token({ repository, actor }: Job, audience: string): string {
    const key = this.#keys();
    const now = Math.floor(this.#world.now() / 1_000);
    const claims = {
      iss: `${this.#world.url}${ISSUER}`,
      aud: audience,
      sub: `repo:${fullName(repository)}:ref:refs/heads/${repository.defaultBranch}`,
      repository: fullName(repository),
      repository_id: String(repository.id),
      repository_owner_id: String(repository.owner.id),
      actor,
      ref: `refs/heads/${repository.defaultBranch}`,
      event_name: "workflow_dispatch",
      jti: randomBytes(8).toString("hex"),
      iat: now,
      nbf: now,
      exp: now + tokenSeconds,
    };
    const head = { alg: "RS256", kid: "jobs", typ: "JWT" };
    const text = [head, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${text}.${sign("sha256", Buffer.from(text), key.private).toString("base64url")}`;
  }

  /** Made when the first token is asked for: most stand-ins give none. */
  #keys() {
    if (this.#key === null) {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
        publicKeyEncoding: { type: "spki", format: "pem" },
      });
      const jwk = createPublicKey(publicKey).export({ format: "jwk" });
      this.#key = { private: privateKey, public: { ...jwk, kid: "jobs", alg: "RS256", use: "sig" } };
    }
    return this.#key;
  }
}
