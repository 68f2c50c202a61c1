/** What a model of every listed learner must keep when it serves, whatever it chooses: instances or strategies. */
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { type ActionSpace, learners, loadModel, type Model, trainModel } from '../../src/learning/index.ts'
import { emptyObservation, policyFactory, ServiceRouter } from '../../src/routing/index.ts'
import { resolvePolicy } from '../../src/study/index.ts'
import { lastingDirectory } from '../lasting-directory.ts'
import { syntheticRun, writeRun } from '../learning/synthetic-run.ts'
import { checkDecision } from './check-decision.ts'
import { DrivenRouter } from './driven-router.ts'

/** So little that a search or a network ends soon; what a learner does not have is left out. */
const SHORT: Readonly<Record<string, number>> = {
  epochs: 1,
  generations: 1,
  population: 4,
  iterations: 2,
  requests: 300,
}

const FAMILIES = learners.all.flatMap((learner) => learner.actions.map((actions) => ({ learner, actions })))

const equalWeights = (count: number): number[] => Array<number>(count).fill(1)
const runs: Partial<Record<ActionSpace, string>> = {}

beforeAll(() => {
  const strategies = policyFactory('strategies(choose=uniform)')('cart-service')
  runs.instance = writeRun(syntheticRun({ decisions: 500 }), undefined, lastingDirectory())
  runs.strategy = writeRun(
    syntheticRun({ decisions: 500, policy: strategies }),
    undefined,
    lastingDirectory(),
  )
})

describe.each(FAMILIES)('$learner.name, choosing a $actions', ({ learner, actions }) => {
  let directory: string
  let model: Model

  beforeAll(async () => {
    directory = join(lastingDirectory(), 'model')
    const names = learner.hyperParameters.map(({ name }) => name).filter((name) => name in SHORT)
    await trainModel({
      directories: [runs[actions]!],
      algorithm: learner.name,
      actions,
      hyperParameters: Object.fromEntries(names.map((name) => [name, SHORT[name]!])),
      seed: 1,
      output: directory,
    })
    model = loadModel(directory)
  })

  it.each([1, 2, 64])(
    'trained on 2 instances, gives a distribution over the eligible ones of %i',
    (count) => {
      const driven = new DrivenRouter((service) => model.createPolicy(service), equalWeights(count))
      driven.drive({ decisions: 300, flapping: true, retrying: true, check: checkDecision })
    },
  )

  it('says whose rule it is: an id, and the hash of the model', () => {
    const { id, version } = model.createPolicy('cart-service')
    expect(id).toBe(`model(${learner.name})`)
    expect(version).toContain(model.version)
    expect(loadModel(directory).version).toBe(model.version)
  })

  it('makes the same choices from the same draws and the same answers', () => {
    const choices = () =>
      new DrivenRouter((service) => model.createPolicy(service), equalWeights(4), 9).drive({ decisions: 400 })
    expect(choices()).toEqual(choices())
  })

  it('serves a service that it has not met', () => {
    const driven = new DrivenRouter(() => model.createPolicy('another-service'), equalWeights(3))
    driven.drive({ decisions: 200, check: checkDecision })
  })

  it('where nothing at all is known, leaves the choice to a simpler rule, and counts that', () => {
    const policy = model.createPolicy('cart-service')
    const observation = emptyObservation('cart-service', 3)
    observation.context.fill(Number.NaN)
    observation.instances.fill(Number.NaN)
    observation.eligible.set([1, 0, 1])
    const propensities = new Float64Array(3)
    const chosen = policy.choose(observation, new RandomStreams(1).stream('x'), propensities)
    expect([0, 2]).toContain(chosen)
    expect(propensities[1]).toBe(0)
    expect(propensities[0]! + propensities[2]!).toBeCloseTo(1, 12)
    expect(policy.fallbacks).toBe(1)
  })

  it('survives a redeploy: all instances go, and ten others come under other names', () => {
    const router = new ServiceRouter({
      service: 'cart-service',
      instances: ['cart-1', 'cart-2'],
      policy: model.createPolicy('cart-service'),
      random: new RandomStreams(3).stream('policy'),
    })
    const underWay: number[] = []
    const serve = (first: number, decisions: number) => {
      const chosen = new Set<number>()
      for (let i = first; i < first + decisions; i++) {
        const instance = router.decide(10 * i, 0)
        checkDecision(router, instance)
        if (instance === -1) continue
        chosen.add(instance)
        router.onStart(instance, 10 * i)
        underWay.push(instance)
        if (underWay.length > 12) router.onAnswer(underWay.shift()!, 10 * i, 40 + (i % 9), false, 1, 5, 35)
      }
      return chosen
    }
    serve(0, 200)
    for (let k = 0; k < 10; k++) router.addInstance(`shop-7f9c-${k}`)
    for (const old of [0, 1]) router.drain(old)
    const chosen = serve(200, 600)
    expect([...chosen].every((instance) => instance >= 2)).toBe(true)
    expect(chosen.size).toBeGreaterThan(1)
  })

  it.each([
    (name: string) => name,
    (name: string) => `epsilon-greedy(${name}, epsilon=0.3)`,
    (name: string) => `shadow(least-outstanding, ${name})`,
    (name: string) => `circuit-breaker(${name})`,
  ])('goes by its directory wherever a policy goes by a name (%#)', (textOf) => {
    const driven = new DrivenRouter(resolvePolicy(textOf(`model:${directory}`)), equalWeights(4))
    driven.drive({ decisions: 200, check: checkDecision })
    expect(driven.policy.fallbacks).toBeGreaterThanOrEqual(0)
    if (actions === 'strategy' && driven.policy.shadow === undefined) {
      const { strategy } = driven.policy
      expect(strategy!.propensities.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
    }
  })
})
