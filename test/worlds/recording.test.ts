import { describe, expect, it } from 'vitest'
import type { DatasetDescription } from '../../src/experience/index.ts'
import { shapeFault } from '../../src/experience/read-shape.ts'
import { SERVICES, scenarioHash } from '../../src/scenario/index.ts'
import { describeDataset } from '../../src/worlds/index.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'
import { runVirtually } from './virtual-run.ts'

const scenario = {
  ...smallScenario,
  accounts: 60,
  maxConcurrentUsers: 60,
  phases: [phaseOf({ users: 40, rampUpMs: 0, pace: 6, durationMs: 1_200_000 })],
}
const dataset: DatasetDescription = JSON.parse(JSON.stringify(describeDataset('test', scenario)))
const { records } = runVirtually(scenario, { policy: 'epsilon-greedy(least-outstanding, epsilon=0.3)' })

describe('describeDataset', () => {
  it('says which run, scenario, world and seed the lines are of', () => {
    expect(dataset).toMatchObject({
      version: 1,
      run: 'test',
      scenario: { name: scenario.name, hash: scenarioHash(scenario) },
      world: scenario.world,
      seed: scenario.seed,
      reward: scenario.reward,
    })
    expect(Object.keys(dataset.services)).toEqual(SERVICES)
  })

  it('fits every line that a run writes', () => {
    expect(records.length).toBeGreaterThan(2000)
    expect(records.filter((record) => shapeFault(record, dataset) !== undefined)).toEqual([])
  })

  it('names the instance behind every action', () => {
    const wrong = records.filter(
      ({ service, action }) => dataset.services[service]![action!.index] !== action!.instance,
    )
    expect(wrong).toEqual([])
    // And every instance was chosen at some time.
    const chosen = new Set(records.map(({ action }) => action!.instance))
    expect([...chosen].toSorted()).toEqual(Object.values(dataset.services).flat().toSorted())
  })

  it('names the route behind the route feature', () => {
    const at = dataset.contextFeatures.indexOf('route')
    const wrong = records.filter(({ route, state }) => dataset.routes[state.context[at] as number] !== route)
    expect(wrong).toEqual([])
  })
})

describe('every line', () => {
  it('is of one phase and profile of the scenario', () => {
    expect(new Set(records.map(({ phase }) => phase))).toEqual(new Set(['only']))
    expect(new Set(records.map(({ profile }) => profile))).toEqual(new Set(['quick-browser']))
  })

  it('has propensities that sum to 1 and are above 0 for what was chosen', () => {
    for (const { propensity, action } of records) {
      expect(propensity!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6)
      expect(propensity![action!.index]).toBeGreaterThan(0)
    }
  })

  it('has as its reward the weighted sum of the parts', () => {
    const { weights } = dataset.reward
    for (const { rewards, reward } of records) {
      const sum = Object.entries(rewards!).reduce(
        (total, [part, value]) => total + value! * weights[part as keyof typeof weights],
        0,
      )
      expect(reward).toBeCloseTo(sum, 4)
    }
  })

  it('is followed by the next decision for the same service', () => {
    for (const service of SERVICES) {
      const own = records.filter((record) => record.service === service)
      const ordered = own.toSorted((a, b) => a.decision - b.decision)
      for (const [i, { t, next, state }] of ordered.entries()) {
        const after = ordered[i + 1]
        if (after === undefined) continue
        expect(next!.dtMs).toBeCloseTo(after.t - t, 2)
        expect({ context: next!.context, instances: next!.instances }).toEqual(after.state)
        expect(state.instances).toHaveLength(dataset.services[service]!.length)
      }
    }
  })
})
