import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigError } from '../../../src/core/index.ts'
import { DEFAULT_ALGORITHM, loadScenario } from '../../../src/scenario/index.ts'
import { seedsByUse } from '../../../src/study/chain/study-plan.ts'
import { planStudy, type StudyFlags, vocabulary } from '../../../src/study/index.ts'
import { scenarioFile } from '../../scenario/study-file.ts'

function plan(study = '', flags: StudyFlags = {}) {
  return planStudy(loadScenario(scenarioFile(study), { vocabulary }), flags)
}

describe('the plan of a study', () => {
  it('of a scenario that says nothing has defaults, and no seed for two purposes', () => {
    const planned = plan()
    expect(planned.runs).toEqual([
      { use: 'training', load: 0.75, seed: 7 },
      { use: 'training', load: 0.9, seed: 7 },
      { use: 'training', load: 1.1, seed: 7 },
      { use: 'estimate', load: 1, seed: 250_007 },
    ])
    expect(planned.trainings).toMatchObject([
      { label: 'learned', algorithm: DEFAULT_ALGORITHM, seed: 500_007 },
    ])
    expect(planned.collectingPolicy).toBe('epsilon-greedy(power-of-two-choices, epsilon=0.3)')
    expect(planned.opponents).toEqual(['round-robin', 'least-outstanding'])
    expect(planned.judgingSeeds).toEqual(Array.from({ length: 20 }, (_, i) => 1_000_007 + i))
    const all = Object.values(seedsByUse(planned)).flat()
    expect(new Set(all).size).toBe(all.length)
    expect(planned.scenario.world).toBe('virtual')
  })

  it('goes by what the scenario says of policy and learner', () => {
    const said = plan('routing: { policy: random }\ntraining: { algorithm: cql }')
    expect(said).toMatchObject({ collectingPolicy: 'random', trainings: [{ algorithm: 'cql' }] })
    expect(plan('study: { collect: { policy: c3 } }\nrouting: { policy: random }').collectingPolicy).toBe(
      'c3',
    )
  })

  it('gives each of several models a name and a seed of its own', () => {
    const { trainings } = plan(
      'study: { train: [{ algorithm: cql }, { algorithm: cql, hyperParameters: { alpha: 0.1 } }, { algorithm: q-learning }] }',
    )
    expect(trainings.map(({ label, seed }) => [label, seed])).toEqual([
      ['learned cql', 500_007],
      ['learned cql 2', 500_008],
      ['learned q-learning', 500_009],
    ])
  })

  it('estimates at the load at which it judges first', () => {
    const { runs } = plan('study: { compare: { loads: [0.5, 0.95] } }')
    expect(runs.at(-1)).toMatchObject({ use: 'estimate', load: 0.5 })
  })

  it('is short where it is to be quick', () => {
    const quick = plan('study: { collect: { seeds: 3 }, compare: { loads: [0.9, 1.1] } }', { quick: true })
    expect(quick.runs).toHaveLength(2)
    expect(quick).toMatchObject({ judgingLoads: [0.9], judgingSeeds: { length: 3 } })
    expect(plan('', { quick: true, seeds: 8 }).judgingSeeds).toHaveLength(8)
  })

  it.each([
    [
      'study: { collect: { seeds: [1, 2] }, compare: { seeds: [2, 3] } }',
      /seed 2 would serve for collecting and for judging/,
    ],
    ['study: { collect: { seeds: [1000007] } }', /seed 1000007 would serve for collecting and for judging/],
    [
      'study: { train: [{ algorithm: cql, hyperParameters: { alhpa: 1 } }] }',
      /study\.train\[0\]: .*did you mean "alpha"/,
    ],
    [
      'study: { train: [{ algorithm: cql, features: { instance: [inflight] } }] }',
      /study\.train\[0\]: .*did you mean "inFlight"/,
    ],
    ['study: { evaluate: { estimators: [snipz] } }', /study\.evaluate\.estimators: .*did you mean "snips"/],
  ])('%s is refused, with the field', (study, message) => {
    expect(() => plan(study)).toThrow(ConfigError)
    expect(() => plan(study)).toThrow(message)
  })
})

describe('docs/studies.md', () => {
  const page = readFileSync(new URL('../../../docs/studies.md', import.meta.url), 'utf8')

  it('shows a study that loads without a warning, and says the defaults as they are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'loadgen-studies-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'my-study.yaml')
    writeFileSync(file, /```yaml\n([\s\S]*?)```/.exec(page)![1]!)
    const loaded = loadScenario(file, { vocabulary })
    expect(loaded.warnings).toEqual([])
    const shown = planStudy(loaded)
    const { study: _, ...plain } = loaded
    const standard = planStudy(plain)
    expect(shown.runs).toEqual(standard.runs)
    expect(shown).toMatchObject({
      collectingPolicy: standard.collectingPolicy,
      horizon: standard.horizon,
      judgingSeeds: standard.judgingSeeds,
      judgingLoads: standard.judgingLoads,
    })
    expect(shown.trainings[0]!.algorithm).toBe(standard.trainings[0]!.algorithm)
    expect(page).toContain(`the scenario's \`training.algorithm\`, by default \`${DEFAULT_ALGORITHM}\``)
  })
})
