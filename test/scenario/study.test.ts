import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/core/index.ts'
import { DEFAULT_STUDY, loadScenario, scenarioHash } from '../../src/scenario/index.ts'
import { vocabulary } from '../../src/study/index.ts'
import { scenarioFile } from './study-file.ts'

const load = (study: string) => loadScenario(scenarioFile(study), { vocabulary })

function complaintOf(study: string): string {
  try {
    load(study)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  throw new Error('it was taken')
}

describe('study', () => {
  it('is read with its defaults, and is no part of what the scenario is', () => {
    const plain = load('')
    expect(plain.study).toBeUndefined()
    const studied = load(`
study:
  collect: { policy: random, seeds: [5, 6] }
  train: [{ algorithm: cql, hyperParameters: { alpha: 0.5 } }]
  compare: { loads: [0.9, 1.1] }
`)
    expect(studied.study).toEqual({
      collect: { policy: 'random', seeds: [5, 6], loads: [0.75, 0.9, 1.1] },
      train: [{ algorithm: 'cql', hyperParameters: { alpha: 0.5 }, actions: 'instance' }],
      evaluate: { horizon: 1, seeds: 1 },
      compare: { seeds: 20, loads: [0.9, 1.1] },
    })
    expect(scenarioHash(studied.scenario)).toBe(scenarioHash(plain.scenario))
    expect(load('study: {}').study).toEqual(DEFAULT_STUDY)
  })

  it.each([
    ['study: { colect: {} }', /study\.colect: unknown .*did you mean "collect"/],
    [
      'study: { collect: { seeds: 0 } }',
      /study\.collect\.seeds: expected count from 1 to 10000, or list of seeds/,
    ],
    ['study: { collect: { loads: [] } }', /study\.collect\.loads: expected/],
    ['study: { collect: { policy: randon } }', /study\.collect\.policy: .*did you mean "random"/],
    [
      'study: { train: [{ algorithm: sarsa-lambada }] }',
      /study\.train\[0\]\.algorithm: .*did you mean "sarsa-lambda"/,
    ],
    ['study: { train: [] }', /study\.train: expected/],
    [
      'study: { evaluate: { horizon: 11 } }',
      /study\.evaluate\.horizon: expected integer from 1 to 10, got 11/,
    ],
    ['study: { compare: { policies: [all, c4] } }', /study\.compare\.policies\[1\]: /],
  ])('%s is refused with its place', (study, message) => {
    expect(complaintOf(study)).toMatch(message)
    expect(complaintOf(study)).toMatch(/small\.yaml:\d+:\d+ /)
  })
})
