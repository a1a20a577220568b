import type { Clients } from "./clients.ts";

/** Who we are on GitHub: the login of the App's own bot account. Asked once; a failed question is asked again. */
export interface Identity {
  botLogin(): Promise<string>;
}

export function createIdentity(clients: Clients): Identity {
  let login: Promise<string> | null = clients.login === undefined ? null : Promise.resolve(clients.login);
  return {
    botLogin: () => {
      login ??= clients
        .app()
        .rest.apps.getAuthenticated()
        .then(({ data }) => {
          // The type allows null for a request without the App's own authentication.
          if (data === null) throw new Error("GitHub does not know this App");
          return `${data.slug ?? ""}[bot]`;
        })
        .catch((error: unknown) => {
          login = null;
          throw error;
        });
      return login;
    },
  };
}
