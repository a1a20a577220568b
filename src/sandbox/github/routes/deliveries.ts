import { type Call, idParameter, type Route, route } from "../router.ts";
import { api, iso } from "../serialize/basics.ts";
import { type Delivery, succeeded, type WebhookSender } from "../webhooks/sender.ts";
import { found } from "../world.ts";
import { appOf } from "./apps.ts";

const DEFAULT_SIZE = 30;
const LARGEST_SIZE = 100;

/** `hook-delivery-item` */
function item(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: iso(delivery.deliveredAt),
    redelivery: delivery.redelivery,
    duration: delivery.durationMs / 1000,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** Newest first; this list pages by a cursor, not by number. */
function list(call: Call, sender: WebhookSender) {
  const { query } = call;
  const size = Math.min(
    Math.max(1, Number(query.get("per_page") ?? DEFAULT_SIZE) || DEFAULT_SIZE),
    LARGEST_SIZE,
  );
  const status = query.get("status");
  const below = Number(query.get("cursor")?.replace(/^v1_/, "") ?? Number.POSITIVE_INFINITY);
  const fitting = sender.deliveries
    .toReversed()
    .filter((one) => one.id < below && (status === null || (status === "success") === succeeded(one)));
  const shown = fitting.slice(0, size);
  const last = shown.at(-1);
  if (last === undefined || fitting.length <= size) return { status: 200, body: shown.map(item) };
  const next = new URL(call.url);
  next.searchParams.set("cursor", `v1_${last.id}`);
  return { status: 200, body: shown.map(item), headers: { link: `<${next.href}>; rel="next"` } };
}

/** The App's own log of webhooks, for its JWT only. */
export function deliveryRoutes(sender: WebhookSender): readonly Route[] {
  const one = (call: Call) => {
    appOf(call.caller);
    const id = idParameter(call, "delivery_id");
    return found(sender.deliveries.find((delivery) => delivery.id === id));
  };
  return [
    route("GET /app/hook/config", (call) => {
      appOf(call.caller);
      const { url, contentType = "json" } = sender.target ?? {};
      const secret = sender.target === undefined ? {} : { url, secret: "********" };
      return { status: 200, body: { content_type: contentType, insecure_ssl: "0", ...secret } };
    }),
    route("GET /app/hook/deliveries", (call) => {
      appOf(call.caller);
      return list(call, sender);
    }),
    route("GET /app/hook/deliveries/{delivery_id}", (call) => {
      const delivery = one(call);
      const url = api(call.world, `/app/hook/deliveries/${delivery.id}`);
      return {
        status: 200,
        body: { ...item(delivery), url, request: delivery.request, response: delivery.response },
      };
    }),
    route("POST /app/hook/deliveries/{delivery_id}/attempts", (call) => {
      sender.redeliver(one(call));
      return { status: 202, body: {} };
    }),
  ];
}
