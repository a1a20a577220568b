import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the stand-in answers next. */
export type Reply =
  | {
      readonly text: string;
      readonly finish?: "length";
      readonly tokens?: readonly [input: number, output: number];
    }
  | { readonly tool: string; readonly args: object }
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message?: string;
    }
  /** Accepts the request and never answers. */
  | "hang"
  /** Drops the connection. */
  | "drop";

export interface ModelRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ModelServer extends AsyncDisposable {
  /** Base address, to be used as HISHAMOS_MODEL_URL. */
  readonly url: string;
  readonly requests: readonly ModelRequest[];
  reply(...replies: readonly Reply[]): void;
  /** Resolves when a request has arrived that is left hanging. */
  hanging(): Promise<void>;
  /** Resolves when the client has dropped a hanging request. */
  dropped(): Promise<void>;
}

/** Speaks OpenAI's chat completions and responses and Anthropic's messages, as far as one answer needs it. */
export async function startModelServer(): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const replies: Reply[] = [];
  const hanging = Promise.withResolvers<void>();
  const dropped = Promise.withResolvers<void>();
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const path = incoming.url ?? "";
    requests.push({
      path,
      headers: incoming.headers,
      body: JSON.parse(Buffer.concat(chunks).toString()) as ModelRequest["body"],
    });
    const reply = replies.shift() ?? { status: 500, message: "no reply was set" };
    if (reply === "hang") {
      response.on("close", () => dropped.resolve());
      hanging.resolve();
    } else if (reply === "drop") incoming.socket.destroy();
    else if ("status" in reply) {
      send(
        response,
        reply.status,
        { error: { type: "error", message: reply.message ?? "refused" } },
        reply.headers,
      );
    } else send(response, 200, (protocols.get(path) ?? chat)(reply));
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    reply: (...more) => replies.push(...more),
    hanging: () => hanging.promise,
    dropped: () => dropped.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

type Answer = Extract<Reply, { text: string } | { tool: string }>;

function tokensOf(reply: Answer): readonly [number, number] {
  return ("text" in reply && reply.tokens) || [10, 5];
}

function chat(reply: Answer): object {
  const [input, output] = tokensOf(reply);
  const call = "tool" in reply && {
    id: "call_1",
    type: "function",
    function: { name: reply.tool, arguments: JSON.stringify(reply.args) },
  };
  const message = call
    ? { content: null, tool_calls: [call] }
    : { content: "text" in reply ? reply.text : "" };
  const finish = call ? "tool_calls" : (("text" in reply && reply.finish) ?? "stop");
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 0,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  };
}

function responses(reply: Answer): object {
  const [input, output] = tokensOf(reply);
  const item =
    "tool" in reply
      ? {
          type: "function_call",
          id: "fc_1",
          call_id: "call_1",
          name: reply.tool,
          arguments: JSON.stringify(reply.args),
        }
      : {
          type: "message",
          id: "msg_1",
          role: "assistant",
          content: [{ type: "output_text", text: reply.text, annotations: [] }],
        };
  const cut = "text" in reply && reply.finish === "length";
  return {
    id: "resp_1",
    object: "response",
    created_at: 0,
    model: "m",
    status: cut ? "incomplete" : "completed",
    incomplete_details: cut ? { reason: "max_output_tokens" } : null,
    output: [item],
    usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
  };
}

function messages(reply: Answer): object {
  const [input, output] = tokensOf(reply);
  const tool = "tool" in reply;
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [
      tool
        ? { type: "tool_use", id: "toolu_1", name: reply.tool, input: reply.args }
        : { type: "text", text: reply.text },
    ],
    stop_reason: tool ? "tool_use" : reply.finish === "length" ? "max_tokens" : "end_turn",
    stop_sequence: null,
    usage: { input_tokens: input, output_tokens: output },
  };
}

const protocols: ReadonlyMap<string, (reply: Answer) => object> = new Map([
  ["/v1/chat/completions", chat],
  ["/v1/responses", responses],
  ["/v1/messages", messages],
]);
