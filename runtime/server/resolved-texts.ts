/** Texts that came from the environment are texts: read as YAML reads a scalar, `12` and `true` would be none. */
import type { Plan, PlanEndpoint, PlanModel, PlanService } from "../plan/plan.js";

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
  return { ...model, session: { ...model.session, extra: mapRecord(model.session.extra, String) } };
}

function ofEndpoint(endpoint: PlanEndpoint): PlanEndpoint {
  const { summary, description } = endpoint;
  return {
    ...endpoint,
    path: String(endpoint.path),
    ...(summary === undefined ? {} : { summary: String(summary) }),
    ...(description === undefined ? {} : { description: String(description) }),
  };
}

function mapRecord<T, U>(
  record: { readonly [key: string]: T },
  change: (value: T) => U,
): { readonly [key: string]: U } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
