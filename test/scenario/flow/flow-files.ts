/** Scenario files with one flow. */
import { type FlowBehavior, loadScenario, type Scenario } from '../../../src/scenario/index.ts'
import { fileOf, vocabulary } from '../scenario-files.ts'

/** @param requests as YAML, indented by six */
export function flowFile(requests: string, more = ''): string {
  return `name: small
description: A flow
accounts: 20
phases:
  - { name: only, durationMinutes: 0.1, users: 2, behaviors: { smoke: 1 }, tags: { stage: early } }
behaviors:
  smoke:
    description: Requests by script
    tags: { team: catalogue }
    requests:
${requests.replace(/^(?=.)/gm, '      ').replace(/^ +$/gm, '')}
${more}`
}

export function loadFlow(requests: string, more = ''): Scenario {
  return loadScenario(fileOf(flowFile(requests, more)), { vocabulary }).scenario
}

export function flowOf(requests: string): FlowBehavior {
  const flow = loadFlow(requests).behaviors.smoke
  if (flow?.kind !== 'flow') throw new Error('smoke is no flow')
  return flow
}
