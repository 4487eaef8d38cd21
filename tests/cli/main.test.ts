import { commands } from "../../cli/commands/index.js";
import { ekiben } from "../support/command.js";

test("without a command the overview is printed, with every command", async () => {
  const { status, stdout } = await ekiben([]);
  expect(status).toBe(0);
  for (const command of commands) expect(stdout).toContain(command.load().summary);
});

test.each(commands.map((command) => command.name))("%s --help shows usage, options and examples", async (name) => {
  const { status, stdout, stderr } = await ekiben([name, "--help"]);
  expect(status).toBe(0);
  expect(stderr).toBe("");
  expect(stdout).toContain(`ekiben ${name}: `);
  expect(stdout).toContain("Examples\n  ekiben");
  expect(stdout).toContain("--json");
});

test("an unknown command is told with the nearest one, and is status 2", async () => {
  const { status, stdout, stderr } = await ekiben(["chek"]);
  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toBe('error: there is no command "chek"\nhelp: did you mean "check"?\n');
});

test("an unknown option is told with the nearest one, and is status 2", async () => {
  const { status, stderr } = await ekiben(["check", "--jsn"]);
  expect(status).toBe(2);
  expect(stderr).toBe('error: ekiben check has no option --jsn\nhelp: did you mean "--json"?\n');
});

test("too many words are status 2", async () => {
  const { status, stderr } = await ekiben(["doctor", "me"]);
  expect(status).toBe(2);
  expect(stderr).toContain('"me" is one word too many');
});

test("a port that is none is status 2", async () => {
  const { status, stderr } = await ekiben(["serve", "examples/iris", "--port", "99999"]);
  expect(status).toBe(2);
  expect(stderr).toContain('"99999" is no port');
});

test("--version prints the version alone", async () => {
  const { stdout } = await ekiben(["--version"]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
