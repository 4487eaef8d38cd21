/** The service with a `compose.yaml`. */
import { composeFile } from "./compose-file.js";
import type { Target } from "./emitted-file.js";
import { serviceFiles } from "./service-target.js";

export const composeTarget: Target = {
  name: "compose",
  summary: "The service with a compose.yaml for Docker Compose.",
  emit: (emission) => [...serviceFiles(emission), composeFile(emission)],
};
