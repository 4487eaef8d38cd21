/**
 * What came from the environment as what it is meant to be: read as YAML reads a scalar, the texts `12` and `true` would be
 * none, and a size such as `64mb` no number.
 */
import type { Plan, PlanCache, PlanEndpoint, PlanModel, PlanService, Setting } from "../plan/plan.js";
import { parseSize } from "../plan/size.js";

type TextFields = Pick<Plan, "service" | "models" | "endpoints">;

/** A resolved Plan's texts as texts. */
export function withTexts<T extends TextFields>(plan: T): T {
  const { service, models, endpoints } = plan;
  return {
    ...plan,
    service: ofService(service),
    models: mapRecord(models, ofModel),
    endpoints: endpoints.map(ofEndpoint),
  };
}

function ofService({ name, description, labels }: PlanService): PlanService {
  return {
    name: String(name),
    ...(description === undefined ? {} : { description: String(description) }),
    labels: mapRecord(labels, String),
  };
}

function ofModel(model: PlanModel): PlanModel {
  const session = { ...model.session, extra: mapRecord(model.session.extra, String) };
  const { sequence } = model;
  return {
    ...model,
    session,
    ...ofCache(model),
    ...(sequence === undefined ? {} : { sequence: { ...sequence, maxBytes: bytesOf(sequence.maxBytes) } }),
  };
}

/** What is no size becomes no number, and is refused. */
function ofCache({ cache }: { readonly cache?: PlanCache }): { readonly cache?: PlanCache } {
  if (cache === undefined) return {};
  return { cache: { ...cache, maxBytes: bytesOf(cache.maxBytes) } };
}

function bytesOf(size: Setting<number>): Setting<number> {
  return typeof size === "object" ? size : (parseSize(String(size)) ?? Number.NaN);
}

function ofEndpoint(endpoint: PlanEndpoint): PlanEndpoint {
  const { summary, description } = endpoint;
  return {
    ...endpoint,
    path: String(endpoint.path),
    ...(summary === undefined ? {} : { summary: String(summary) }),
    ...(description === undefined ? {} : { description: String(description) }),
    ...ofCache(endpoint),
  };
}

function mapRecord<T, U>(
  record: { readonly [key: string]: T },
  change: (value: T) => U,
): { readonly [key: string]: U } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
