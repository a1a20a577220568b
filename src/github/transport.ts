export type Fetch = typeof globalThis.fetch;

/**
 * fetch with a limit on the whole request, which reads the body to its end before it answers: Octokit turns
 * a body that breaks off into a success with empty data, and a lost answer must look like one.
 */
export function patientFetch(base: Fetch, timeoutMs: number): Fetch {
  return async (input, init) => {
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
    const answer = await base(input, { ...init, signal });
    const empty = answer.status === 204 || answer.status === 205 || answer.status === 304;
    const body = empty ? null : await answer.arrayBuffer();
    const { status, statusText, headers, url } = answer;
    return Object.defineProperty(new Response(body, { status, statusText, headers }), "url", { value: url });
  };
}
