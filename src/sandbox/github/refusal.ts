const DOCUMENTATION = "https://docs.github.com/rest";

export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: string;
  readonly message?: string;
}

/**
 * An answer other than success. Thrown, because a refusal can come from any depth of a handler and must undo
 * nothing: operations check before they change.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    errors?: readonly FieldError[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  /** The body as GitHub words it; `status` is a string there. */
  body(): Record<string, unknown> {
    const errors = this.errors === undefined ? {} : { errors: this.errors };
    return {
      message: this.message,
      ...errors,
      documentation_url: DOCUMENTATION,
      status: String(this.status),
    };
  }
}

export function notFound(): Refusal {
  return new Refusal(404, "Not Found");
}

export function forbidden(message = "Resource not accessible by integration"): Refusal {
  return new Refusal(403, message);
}

export function unauthorized(message = "Bad credentials"): Refusal {
  return new Refusal(401, message);
}

/** 422 about one field, in GitHub's form. */
export function invalid(
  resource: string,
  field: string,
  code: "missing_field" | "invalid" | "custom" | "already_exists",
  message?: string,
): Refusal {
  return new Refusal(422, "Validation Failed", [
    { resource, field, code, ...(message === undefined ? {} : { message }) },
  ]);
}

/** 422 of the endpoints that check against a JSON schema and answer in prose. */
export function invalidRequest(prose: string): Refusal {
  return new Refusal(422, `Invalid request.\n\n${prose}`);
}
