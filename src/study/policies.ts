/** Policies of a run by text: the built-in ones, and `model:DIRECTORY` for a trained one. */
import { LoadgenError } from '../core/index.ts'
import { learners, loadModel } from '../learning/index.ts'
import {
  INSTANCE_FEATURES,
  type PolicyExtension,
  type PolicyFactory,
  policyFactory,
} from '../routing/index.ts'
import type { Vocabulary } from '../scenario/index.ts'
import { endpoints, faultKinds } from '../shop/index.ts'

const MODEL_PREFIX = 'model:'

/** @throws UsageError for an unknown policy, LearningError for a model that cannot be used */
export function resolvePolicy(text: string): PolicyFactory {
  return policyFactory(text, model)
}

export function modelPolicy(directory: string): string {
  return MODEL_PREFIX + directory
}

const model: PolicyExtension = (name) => {
  if (!name.startsWith(MODEL_PREFIX)) return undefined
  const loaded = loadModel(name.slice(MODEL_PREFIX.length))
  return (service) => loaded.createPolicy(service)
}

/** The names that scenario files may use. */
export const vocabulary: Vocabulary = {
  checkPolicy: (text) => {
    try {
      resolvePolicy(text)
      return undefined
    } catch (error) {
      if (error instanceof LoadgenError) return error.message
      throw error
    }
  },
  algorithms: learners.names,
  faults: faultKinds.all,
  routes: endpoints.map(({ name }) => name),
  instanceFeatures: INSTANCE_FEATURES,
}
