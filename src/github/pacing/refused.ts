/**
 * A write that was not made, because it would have had to wait for long. It has the shape of GitHub's own refusal for a
 * rate limit, so that whoever asked comes again when it says.
 */
export class TurnRefused extends Error {
  override readonly name = "TurnRefused";
  readonly status = 429;
  readonly response: {
    readonly headers: Readonly<Record<string, string>>;
    readonly data: { readonly message: string };
  };

  /** `waitMs`: from now to when it may be asked again. */
  constructor(message: string, waitMs: number, options?: { readonly cause: unknown }) {
    super(message, options);
    const headers = { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1_000))) };
    this.response = { headers, data: { message } };
  }
}
