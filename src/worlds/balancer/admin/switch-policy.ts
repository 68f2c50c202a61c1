/** One policy for several services: all of them switch, or none does. */
import type { BalancerControl, ServiceControl } from '../control.ts'
import { usesModel } from '../uses-model.ts'
import { Refusal } from './route.ts'

/** The longest path of a model, and more than anybody nests wrappers. */
const MOST_CHARACTERS = 4096

/** @throws Refusal, LoadgenError if the text is no good for one of them: then all have their old ones */
export function switchPolicies(services: readonly ServiceControl[], text: string): void {
  if (text.length > MOST_CHARACTERS) {
    throw new Refusal(400, `policy: expected at most ${MOST_CHARACTERS} characters, got ${text.length}`)
  }
  const prepared = services.map((service) => service.preparePolicy(text))
  for (const use of prepared) use()
}

/** @throws Refusal if no service uses a model; LearningError if one cannot be used: then the old ones serve on */
export async function reloadModels(control: BalancerControl): Promise<void> {
  if (!control.services.some(({ policy }) => usesModel(policy))) {
    const used = control.services.map(({ name, policy }) => `${name} uses ${policy}`).join(', ')
    throw new Refusal(409, `no service uses a model: ${used}; switch to "model:<directory>" first`)
  }
  await control.reloadModels()
}
