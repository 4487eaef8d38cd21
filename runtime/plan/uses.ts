/** What a graph needs to run: the graphs and models that it uses, by way of other graphs too. */
import type { Plan, PlanEndpoint, PlanModel } from "./plan.js";

export interface Uses {
  /** Itself first. */
  readonly graphs: readonly string[];
  readonly models: readonly string[];
}

export function usesOf({ graphs: planned }: Pick<Plan, "graphs">, graph: string): Uses {
  const graphs = new Set([graph]);
  const models = new Set<string>();
  // A set's loop also comes to what is added meanwhile: graphs that are steps of others.
  for (const name of graphs)
    for (const { use } of planned[name]?.nodes ?? []) {
      if (use.kind === "model") models.add(use.model);
      if (use.kind === "graph") graphs.add(use.graph);
    }
  return { graphs: [...graphs], models: [...models] };
}

/** The models of a graph, its own and those of the graphs that it uses. */
export function modelsOf(plan: Pick<Plan, "graphs" | "models">, graph: string): readonly PlanModel[] {
  return usesOf(plan, graph).models.flatMap((name) => plan.models[name] ?? []);
}

/** Whether a graph's requests are steps of sequences, whose state a model keeps. */
export function takesSequence(plan: Pick<Plan, "graphs" | "models">, graph: string): boolean {
  return modelsOf(plan, graph).some(({ sequence }) => sequence !== undefined);
}

/** Whether some of an endpoint's answers may be kept, its own or those of a model. */
export function keepsAnswers(plan: Pick<Plan, "graphs" | "models">, { cache, graph }: PlanEndpoint): boolean {
  return cache !== undefined || modelsOf(plan, graph).some((model) => model.cache !== undefined);
}
