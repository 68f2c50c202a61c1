/** `loadgen init`: files to start from. */
import { type CommandGroup, commandEntry } from '../command.ts'

export const init: CommandGroup = {
  group: 'init',
  summary: 'Write files to start from: manifests for Kubernetes',
  commands: [
    commandEntry(
      'kubernetes',
      'Manifests that run a scenario as an Indexed Job, made from the scenario',
      async () => (await import('./init-kubernetes.ts')).initKubernetes,
    ),
  ],
}
