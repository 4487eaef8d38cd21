/** Fifty edits of all kinds under steady load: no request fails, and no answer mixes two generations. */
import { readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import type { Plan } from "../../runtime/plan/plan.js";
import {
  type EditedService,
  edition,
  negated,
  same,
  startEdited,
  tokenizers,
  unknownOperator,
} from "../support/edited-service.js";
import { type Answer, call } from "../support/http.js";
import { saves } from "../support/save.js";

const ways = Object.values(saves());
const ends = ["deployed", "reload-failed", "reload-unchanged"] as const;

type Edit = (service: EditedService, number: number) => void;

/** Each leaves the service in another state; a broken one is mended by the next of its kind. */
const edits: readonly (readonly [string, (typeof ends)[number], Edit])[] = [
  ["an edition", "deployed", saveSpec()],
  [
    "the labels' file",
    "deployed",
    (service, number) => save(number, service.path("labels.txt"), `left ${number}\nright ${number}\n`),
  ],
  ["a step more", "deployed", saveSpec("      - { id: more, use: text.join, with: { texts: [a, b] } }")],
  ["another model", "deployed", (service, number) => save(number, service.path("m.onnx"), negated)],
  [
    "a broken spec",
    "reload-failed",
    (service, number) =>
      save(number, service.path("bentofile.yaml"), edition(number).replace("use: sign", "use: sing")),
  ],
  ["an edition that mends it", "deployed", saveSpec()],
  [
    "a broken model",
    "reload-failed",
    (service, number) =>
      save(number, service.path("m.onnx"), number % 20 < 10 ? `no model ${number}` : unknownOperator),
  ],
  ["the model that mends it", "deployed", (service, number) => save(number, service.path("m.onnx"), same)],
  [
    "another tokenizer",
    "deployed",
    (service, number) => save(number, service.path("tokenizer.json"), tokenizers[number % 20 < 10 ? 1 : 0] ?? ""),
  ],
  [
    "the same again",
    "reload-unchanged",
    (service) => writeFileSync(service.path("labels.txt"), readFileSync(service.path("labels.txt"))),
  ],
];

function saveSpec(extra = ""): Edit {
  return (service, number) => save(number, service.path("bentofile.yaml"), edition(number, extra));
}

function save(number: number, file: string, contents: string | Uint8Array): void {
  ways[number % ways.length]?.(file, contents);
}

test("fifty edits", async () => {
  const service = await startEdited();
  const answers: Answer[] = [];
  const load = startLoad(service, answers);
  const memory: number[] = [];
  try {
    for (let number = 0; number < 50; number++) {
      const [name, end, edit] = edits[number % edits.length] ?? [];
      const ended = service.events.next(...ends);
      edit?.(service, number);
      expect([number, name, (await ended).kind]).toEqual([number, name, end]);
      await load.more();
      memory.push(process.memoryUsage().rss);
    }
  } finally {
    await load.stop();
    await service.close();
  }
  expect(answers.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
  expect(mixed(answers, service.plans)).toEqual([]);
  expect(new Set(answers.map(({ headers }) => headers["x-ekiben-generation"])).size).toBe(service.plans.size);
  expect(openedModels(service)).toEqual({ opened: 11, closed: 11 });
  expect((memory.at(-1) ?? 0) - (memory[9] ?? 0)).toBeLessThan(200e6);
}, 120_000);

/** A few connections that ask without a pause. */
function startLoad({ service }: EditedService, answers: Answer[]): { more(): Promise<void>; stop(): Promise<void> } {
  let isStopped = false;
  const agent = new Agent({ keepAlive: true });
  const body = { x: [1, 2], text: "A thaw is due on Monday." };
  const ask = async (): Promise<void> => {
    while (!isStopped) answers.push(await call(`${service.url}/ask`, { body, agent }));
  };
  const connections = [ask(), ask(), ask(), ask()];
  return {
    more: async () => {
      const enough = answers.length + 20;
      while (answers.length < enough) await new Promise(setImmediate);
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(connections);
      agent.destroy();
    },
  };
}

/** Answers that are not what the Plan of their generation says, or that differ from others of the same Plan. */
function mixed(answers: readonly Answer[], plans: ReadonlyMap<number, Plan>): readonly string[] {
  const texts = new Map<string, string>();
  return answers.flatMap(({ headers, text, json }) => {
    const generation = String(headers["x-ekiben-generation"]);
    const plan = plans.get(Number(generation));
    const output = plan?.graphs["ask"]?.outputs["edition"]?.value;
    const number = output?.kind === "literal" ? output.value : undefined;
    const { edition: given, named, padded } = json as { edition: number; named: string; padded: string };
    const known = texts.get(generation) ?? text;
    texts.set(generation, known);
    const isRight =
      given === number && named === `second ${number}` && padded === `edition ${number}` && known === text;
    return isRight ? [] : [`generation ${generation}: ${text}`];
  });
}

/** A model is opened once for each time that its file became another, and closed when the last answer of it is given. */
function openedModels({ events }: EditedService): { opened: number; closed: number } {
  const count = (kind: string): number => events.all.filter((event) => event.kind === kind).length;
  return { opened: count("model-opened"), closed: count("model-closed") };
}
