/** The target that every other builds upon: the service itself, an npm project with its Dockerfile. */
import { artifactFiles } from "./artifact-files.js";
import { clientFile } from "./client-file.js";
import { dockerFiles } from "./docker-files.js";
import type { Emission, EmittedFile, Target } from "./emitted-file.js";
import { projectFiles } from "./project-files.js";
import { readmeFile } from "./readme-file.js";
import { serverFile } from "./server-file.js";
import { typesFile } from "./types-file.js";
import { validatorsFile } from "./validators-file.js";

export const serviceTarget: Target = {
  name: "service",
  summary: "An npm project with its Dockerfile; what is written without --target.",
  emit: serviceFiles,
};

export function serviceFiles(emission: Emission): readonly EmittedFile[] {
  const { plan } = emission;
  return [
    readmeFile(emission),
    ...projectFiles(emission),
    serverFile(plan),
    typesFile(plan),
    validatorsFile(plan),
    clientFile(plan),
    ...artifactFiles(emission),
    ...dockerFiles(emission),
  ];
}
