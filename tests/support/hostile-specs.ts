/** Texts that are made to be expensive, each with what it tries; none is larger than 2 MB. */

const megabyte = 1024 * 1024;

/** Name to text. */
export function hostileSpecs(): { readonly [name: string]: string } {
  return { ...texts(), ...structures(), ...graphs(), ...manyMistakes() };
}

function texts(): { readonly [name: string]: string } {
  return {
    "only comments": "# nothing\n".repeat(200_000),
    "only spaces": " ".repeat(2 * megabyte),
    "only newlines": "\n".repeat(2 * megabyte),
    "only tabs": "\t".repeat(2 * megabyte),
    "only brackets": "[".repeat(2 * megabyte),
    "only dashes": "- ".repeat(megabyte),
    "only question marks": "? ".repeat(megabyte),
    "only colons": ": ".repeat(megabyte),
    "only quotes": '"'.repeat(2 * megabyte),
    "only ampersands": "&a ".repeat(600_000),
    "only bars": "|\n".repeat(megabyte),
    "only NUL": "\0".repeat(2 * megabyte),
    "only documents": "---\n".repeat(500_000),
    "only directives": "%YAML 1.1\n".repeat(200_000),
    "lone surrogates": `service: ${"\ud800".repeat(100_000)}`,
    "a byte order mark and CRLF": "\ufeffservice: a\r\ngraphs: {}\r\n",
    "an old version": "%YAML 1.1\n---\nservice: yes\n",
    "tags of all kinds":
      "service: !!str a\nlabels: { a: !!binary aGVsbG8=, b: !foo c, c: !!set { a, b }, d: !!omap [a: 1], e: !<x> y }\n",
    "a large scalar": `service: a\ndescription: ${"x".repeat(2 * megabyte - 100)}\n`,
    "a large quoted scalar": `service: a\ndescription: "${"\\u0041".repeat(300_000)}"\n`,
    "a large folded scalar": `service: a\ndescription: >\n${"  word\n".repeat(250_000)}`,
    "many references to the environment": `service: a\ndescription: "${"${env:A:-b}".repeat(150_000)}"\n`,
    "an unclosed reference many times": `service: a\ndescription: "${"${env:A".repeat(200_000)}"\n`,
    "dollars with brackets": `service: a\ndescription: ${"$a[0][0][0].".repeat(150_000)}\n`,
    "a path that backtracks": `service: a\ndescription: "$a${"[0]".repeat(600_000)}!"\n`,
    "one long line": `service: a\nlabels: { ${Array.from({ length: 80_000 }, (_, i) => `k${i}: 1`).join(", ")} }\n`,
  };
}

function structures(): { readonly [name: string]: string } {
  const bomb = Array.from(
    { length: 12 },
    (_, i) =>
      `  ${"abcdefghijklmn"[i + 1]}: &${"abcdefghijklmn"[i + 1]} [${Array(10).fill(`*${"abcdefghijklmn"[i]}`).join(", ")}]`,
  );
  return {
    "an alias bomb": `service: a\ndescription: &a [x, x]\nlabels:\n${bomb.join("\n")}\n`,
    "a merge bomb": `service: a\nx0: &m0 { a: 1 }\n${Array.from({ length: 13_000 }, (_, i) => `x${i + 1}: &m${i + 1} { <<: [*m${i}, *m${i}], b${i}: 1 }`).join("\n")}\n`,
    "an alias of itself": "service: a\nlabels: &a { b: *a }\n",
    "merges of wrong kinds":
      "service: a\nlabels: { <<: 3 }\nmodels: { <<: [a, { b: c }] }\ngraphs: { <<: null, <<: *x }\n",
    "deep flow": `service: a\nlabels: ${"[".repeat(400)}${"]".repeat(400)}\n`,
    "deep blocks": `service: a\nlabels:\n${Array.from({ length: 300 }, (_, i) => `${" ".repeat(i + 1)}a:\n`).join("")}`,
    "deep sequences on one line": `service: a\nlabels:\n  ${"- ".repeat(390)}a\n`,
    "deep sequences on many lines": `service: a\nlabels:\n${"  - - - - - - - - a\n".repeat(25_000)}`,
    "many keys": `service: a\nlabels:\n${Array.from({ length: 80_000 }, (_, i) => `  k${i}: 1\n`).join("")}`,
    "many duplicate keys": `service: a\nlabels:\n${"  k: 1\n".repeat(80_000)}`,
    "keys of other kinds": `service: a\nlabels: { 1: a, true: b, null: c, 1.5: d, [a]: e, {b: c}: f, ? g : h }\n`,
    "many anchors": `service: a\nlabels:\n${Array.from({ length: 55_000 }, (_, i) => `  k${i}: &a${i} 1\n`).join("")}`,
    "many aliases": `service: a\nlabels:\n  k: &a 1\n${Array.from({ length: 80_000 }, (_, i) => `  k${i}: *a\n`).join("")}`,
    "many documents": "service: a\n---\n".repeat(70_000),
    "prototype names":
      "service: a\nmodels: { __proto__: m.onnx, constructor: m.onnx }\ngraphs: { __proto__: { outputs: { __proto__: 1 } }, toString: { inputs: { hasOwnProperty: { type: string } }, outputs: { valueOf: $hasOwnProperty } } }\n",
  };
}

function graphs(): { readonly [name: string]: string } {
  const steps = (count: number, step: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => step(i)).join("\n");
  const one = (lines: string, outputs: string, inputs = "x: { type: string }") =>
    `service: a\ngraphs:\n  g:\n    inputs: { ${inputs} }\n    steps:\n${lines}\n    outputs: { ${outputs} }\nendpoints: [{ path: /g, graph: g }]\n`;
  const join = (id: string, texts: string) => `     - {id: ${id}, use: text.join, with: {texts: [${texts}]}}`;
  return {
    "more steps than are read": one(
      steps(60_000, (i) => join(`s${i}`, "$x")),
      "y: $s0",
    ).slice(0, 2 * megabyte),
    "a long chain": one(
      steps(13_000, (i) => join(`s${i}`, i === 0 ? "$x" : `$s${i - 1}`)),
      "y: $s12999",
    ),
    "a long chain upside down": one(
      steps(13_000, (i) => join(`s${i}`, i === 12_999 ? "$x" : `$s${i + 1}`)),
      "y: $s0",
    ),
    "a long circle": one(
      steps(13_000, (i) => join(`s${i}`, `$s${(i + 1) % 13_000}`)),
      "y: $s0",
    ),
    "many circles": one(
      steps(10_000, (i) => join(`s${i}`, `$s${i}, $s${(i + 1) % 10_000}`)),
      "y: $s0",
    ),
    "all need all": one(
      steps(250, (i) => join(`s${i}`, Array.from({ length: 250 }, (_, j) => `$s${j}`).join(", "))),
      "y: $s0",
    ),
    "many steps with each": one(
      steps(13_000, (i) => `     - {id: s${i}, use: text.join, each: $x, with: {texts: [$item]}}`),
      "y: $s0",
      "x: { type: list<string> }",
    ),
    "many expressions": one(
      steps(11_000, (i) => `     - {id: s${i}, use: text.join, when: "\${size(x) > ${i}}", with: {texts: [$x]}}`),
      "y: $s0",
    ),
    "one long expression": one(join("s", "$x"), `y: "\${ x ${"+ x ".repeat(400_000)} }"`),
    "a deep expression": one(join("s", "$x"), `y: "\${ ${"(".repeat(500_000)} }"`),
    "many lists in an expression": one(join("s", "$x"), `y: "\${ [${"[".repeat(3000)}${"]".repeat(3000)}] }"`),
    "a long path": one(join("s", "$x"), `y: "$x${"[]".repeat(400_000)}"`),
    "a long path of indices": one(join("s", "$x"), `y: "$x${"[0]".repeat(400_000)}"`, "x: { type: json }"),
    "a long type": one(join("s", "$x"), "y: $x", `x: { type: "${"list<".repeat(200_000)}" }`),
    "a type of many options": one(
      join("s", "$x"),
      "y: $x",
      `x: { type: "string${" | list<string>".repeat(100_000)}" }`,
    ),
    "a type of many question marks": one(join("s", "$x"), "y: $x", `x: { type: "string${"?".repeat(1_000_000)}" }`),
    "a type of many fields": one(
      join("s", "a"),
      "y: $x.a1",
      `x: { type: "{ ${Array.from({ length: 90_000 }, (_, i) => `a${i}: string`).join(", ")} }" }`,
    ),
    "a type of many dimensions": one(join("s", "a"), "y: $x", `x: { type: "float32[${"n, ".repeat(500_000)}n]" }`),
    "a large literal": one(`     - {id: s, use: tensor.sigmoid, with: {x: [${"1.5, ".repeat(150_000)}1]}}`, "y: $s"),
    "a literal of many kinds": one(
      `     - {id: s, use: flow.first, with: {values: [${Array.from({ length: 50_000 }, (_, i) => `{k${i}: 1}`).join(", ")}]}}`,
      "y: $s",
    ),
    "many inputs used many times": manyUses(),
    "types that double": doubling(),
    "lists that nest": nesting(),
    "many graphs": `service: a\ngraphs:\n${Array.from({ length: 11_000 }, (_, i) => `  g${i}: { steps: [{ id: a, use: g${i + 1} }], outputs: { y: $a } }`).join("\n")}\n`,
    "many endpoints": `service: a\ngraphs: { g: { outputs: { y: 1 } } }\nendpoints:\n${Array.from({ length: 28_000 }, (_, i) => `  - { path: /p${i}, graph: g }`).join("\n")}\n`,
    "many inputs with patterns": one(
      join("s", "$x"),
      "y: $x",
      `x: { type: string }, ${Array.from({ length: 900 }, (_, i) => `i${i}: { type: string, pattern: "(a+)+$", default: aaaaaaaaaaa }`).join(", ")}`,
    ),
  };
}

function manyUses(): string {
  const inputs = Array.from({ length: 990 }, (_, i) => `i${i}: *t`).join(", ");
  const uses = Array.from({ length: 20_000 }, (_, i) => `     - { id: s${i}, use: g }`).join("\n");
  return `service: a\nlabels: {}\ngraphs:\n  g:\n    inputs: { t: &t { type: string }, ${inputs} }\n    outputs: { y: $t }\n  h:\n    steps:\n${uses}\n    outputs: { y: $s0 }\n`;
}

function doubling(): string {
  const graphs = Array.from(
    { length: 60 },
    (_, i) => `  g${i + 1}: { steps: [{ id: s, use: g${i} }], outputs: { a: $s, b: $s } }`,
  );
  return `service: a\ngraphs:\n  g0: { outputs: { a: 1, b: 2 } }\n${graphs.join("\n")}\nendpoints: [{ path: /g, graph: g60 }]\n`;
}

function nesting(): string {
  const graphs = Array.from(
    { length: 8_000 },
    (_, i) => `  g${i + 1}: { steps: [{ id: s, use: g${i}, each: [1] }], outputs: { a: $s } }`,
  );
  return `service: a\ngraphs:\n  g0: { outputs: { a: 1 } }\n${graphs.join("\n")}\nendpoints: [{ path: /g, graph: g8000 }]\n`;
}

function manyMistakes(): { readonly [name: string]: string } {
  const name = (i: number) => `some_rather_long_name_of_a_step_${i}`;
  const steps = Array.from(
    { length: 11_000 },
    (_, i) => `     - {id: ${name(i)}, use: text.join, with: {texts: [$${name(i)}x]}}`,
  );
  return {
    "many unknown fields": `service: a\n${Array.from({ length: 80_000 }, (_, i) => `servic${i}: a\n`).join("")}`,
    "many unknown names": `service: a\ngraphs:\n  g:\n    steps:\n${steps.join("\n")}\n    outputs: { y: 1 }\n`,
    "many unknown graphs": `service: a\ngraphs:\n${Array.from({ length: 12_000 }, (_, i) => `  graph_number_${i}: { outputs: { y: 1 } }\n`).join("")}endpoints:\n${Array.from({ length: 12_000 }, (_, i) => `  - { path: /p${i}, graph: graph_nvmber_${i} }\n`).join("")}`,
    "many unknown steps": `service: a\nmodels:\n${Array.from({ length: 12_000 }, (_, i) => `  model_number_${i}: m${i}.onnx\n`).join("")}graphs:\n  g:\n    steps:\n${Array.from({ length: 12_000 }, (_, i) => `     - {id: s${i}, use: model_nvmber_${i}}\n`).join("")}    outputs: { y: 1 }\n`,
    "many missing fields": `service: a\nendpoints:\n${"  - {}\n".repeat(90_000)}`,
    "many bad types": `service: a\ngraphs:\n  g:\n    inputs:\n${Array.from({ length: 950 }, (_, i) => `      i${i}: { type: strng }\n`).join("")}    outputs: { y: 1 }\n`,
    "many notes": `service: a\nmodels:\n${Array.from({ length: 20_000 }, (_, i) => `  m${i}: { source: a.onnx, labels: { a: 1 } }\n`).join("")}`,
    "many broken models": `service: a\nmodels:\n${Array.from({ length: 35_000 }, (_, i) => `  m${i}: { source: 3 }\n`).join("")}`,
  };
}
