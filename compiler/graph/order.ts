/** The order in which nodes can be typed and run, and the circles in which none can. */

export interface Order {
  /** Every member after those it needs; members of circles last. */
  readonly sorted: readonly string[];
  /** Circles that share no member: members in the order of need, the first again left out. */
  readonly cycles: readonly (readonly string[])[];
}

/** Orders names by what they need; names that are not among them are ignored. Linear in names and needs. */
export function orderByNeeds(needs: ReadonlyMap<string, Iterable<string>>): Order {
  const sorted: string[] = [];
  const cycles: string[][] = [];
  const state = new Map<string, "open" | "done">();

  const circled = new Set<string>();
  const addCircle = (trail: readonly { readonly name: string }[], back: string): void => {
    const members: string[] = [];
    for (let index = trail.length - 1; index >= 0; index--) {
      const name = trail[index]?.name ?? "";
      if (circled.has(name)) return;
      members.push(name);
      if (name === back) break;
    }
    for (const name of members) circled.add(name);
    cycles.push(members.reverse());
  };

  for (const start of needs.keys()) {
    if (state.has(start)) continue;
    const trail: { readonly name: string; readonly rest: Iterator<string> }[] = [];
    const enter = (name: string): void => {
      state.set(name, "open");
      trail.push({ name, rest: (needs.get(name) ?? [])[Symbol.iterator]() });
    };
    enter(start);
    while (trail.length > 0) {
      const top = trail[trail.length - 1] as { name: string; rest: Iterator<string> };
      const next = top.rest.next();
      if (next.done === true) {
        state.set(top.name, "done");
        sorted.push(top.name);
        trail.pop();
        continue;
      }
      if (!needs.has(next.value)) continue;
      const known = state.get(next.value);
      if (known === undefined) enter(next.value);
      else if (known === "open") addCircle(trail, next.value);
    }
  }
  return { sorted, cycles };
}
