/** Gradient steps of networks of action values: gradients, identities between learners, small problems with known answers. */
import { describe, expect, it, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { discreteBcq } from '../../../src/learning/learners/discrete-bcq.ts'
import { discreteCql } from '../../../src/learning/learners/discrete-cql.ts'
import { dqn } from '../../../src/learning/learners/dqn.ts'
import type { Decisions } from '../../../src/learning/networks/decisions.ts'
import { createKernel } from '../../../src/learning/networks/kernel/create-kernel.ts'
import type { Kernel } from '../../../src/learning/networks/kernel/kernel.ts'
import type { NetworkRule } from '../../../src/learning/networks/network-rule.ts'
import { ValueAgent } from '../../../src/learning/networks/value-agent.ts'
import { everyOne, madeUpDecisions, SETTINGS } from './made-up-decisions.ts'

const SMALL = { ...SETTINGS, hiddenUnits: 6, batchSize: 16, gamma: 0.9, huberThreshold: 0.5, targetUpdate: 7 }

interface AgentOptions {
  readonly rule?: NetworkRule
  readonly given?: Readonly<Record<string, number>>
  readonly kind?: Kernel['name']
  readonly seed?: number
}

function agentFor(decisions: Decisions, { rule = dqn, given = {}, kind, seed = 1 }: AgentOptions = {}) {
  const settings = { ...SMALL, double: 1, dueling: 0, alpha: 0.5, threshold: 0.3, ...given }
  const random = new RandomStreams(seed).stream('network')
  return new ValueAgent({
    kernel: createKernel(kind),
    parts: rule.compose(settings),
    settings,
    decisions,
    random,
  })
}

function train(agent: ValueAgent, decisions: Decisions, steps: number): ValueAgent {
  const order = everyOne(decisions.count)
  for (let step = 0; step < steps; step++) {
    const from = (step * agent.batchSize) % (decisions.count - agent.batchSize)
    agent.step(decisions, order, from, from + agent.batchSize)
  }
  return agent
}

function valuesOf(agent: ValueAgent, decisions: Decisions): number[][] {
  const all: number[][] = []
  agent.judge(decisions, everyOne(decisions.count), (i, values, start, end) => {
    all[i] = Array.from(values.subarray(start, end))
  })
  return all
}

/** Largest difference between the gradients of the mean loss and central differences of it. */
function gradientError(agent: ValueAgent, decisions: Decisions, skip: (k: number) => boolean): number {
  const { kernel, parametersAt, parametersLength } = agent.network
  const order = everyOne(agent.batchSize)
  agent.descend(decisions, order, 0, order.length)
  const gradients = kernel.copy(agent.gradientsAt, parametersLength)
  const lossAt = (k: number, value: number) => {
    kernel.numbers[parametersAt + k] = value
    return agent.lossesOf(decisions, order).objective / order.length
  }
  let largest = 0
  for (let k = 0; k < parametersLength; k++) {
    const value = kernel.numbers[parametersAt + k]!
    const slope = (lossAt(k, value + 1e-6) - lossAt(k, value - 1e-6)) / 2e-6
    kernel.numbers[parametersAt + k] = value
    // Nothing flows through padding, whatever stands there.
    if (!skip(k)) largest = Math.max(largest, Math.abs(slope - gradients[k]!))
  }
  return largest
}

const never = () => false

describe('gradients agree with finite differences', () => {
  const cases: readonly [string, NetworkRule, number, Record<string, number>][] = [
    ['DQN among candidates', dqn, 1, {}],
    ['DQN among fixed actions', dqn, 3, {}],
    ['DQN without double targets', dqn, 3, { double: 0 }],
    ['CQL among candidates', discreteCql, 1, { alpha: 0.7 }],
    ['CQL among fixed actions', discreteCql, 3, { alpha: 0.7 }],
    ['CQL as a bandit', discreteCql, 1, { gamma: 0 }],
    ['BCQ among candidates', discreteBcq, 1, {}],
  ]
  test.each(cases)('%s', (_, rule, actions, given) => {
    const decisions = madeUpDecisions(16, 5, actions)
    const agent = agentFor(decisions, { rule, given, kind: 'plain' })
    expect(gradientError(agent, decisions, never)).toBeLessThan(1e-7)
  })

  test.each([1, 3])(
    'a dueling head (%i actions per row): whole in the head, by sqrt(2) less before it',
    (actions) => {
      const decisions = madeUpDecisions(16, 5, actions)
      const agent = agentFor(decisions, { rule: discreteCql, given: { dueling: 1 }, kind: 'plain' })
      const { parametersAt, output } = agent.network
      const first = output.weights - parametersAt
      expect(gradientError(agent, decisions, (k) => k < first)).toBeLessThan(1e-7)
      const { kernel } = agent.network
      const order = everyOne(agent.batchSize)
      agent.descend(decisions, order, 0, order.length)
      // One weight of the first layer, by hand.
      const gradient = kernel.numbers[agent.gradientsAt]!
      const loss = (shift: number) => {
        kernel.numbers[parametersAt]! += shift
        const { objective } = agent.lossesOf(decisions, order)
        kernel.numbers[parametersAt]! -= shift
        return objective / order.length
      }
      expect(gradient * Math.SQRT2).toBeCloseTo((loss(1e-6) - loss(-1e-6)) / 2e-6, 7)
      expect(Math.abs(gradient)).toBeGreaterThan(1e-6)
    },
  )

  it('also of the imitation', () => {
    const decisions = madeUpDecisions(16, 5)
    const agent = agentFor(decisions, { rule: discreteBcq, kind: 'plain' })
    const { network } = agent.imitation!
    const { kernel, parametersAt, parametersLength } = network
    const order = everyOne(16)
    // A step leaves the gradients that it went by; with so small a rate the network stays where it is.
    const still = agentFor(decisions, { rule: discreteBcq, given: { learningRate: 1e-12 }, kind: 'plain' })
    still.step(decisions, order, 0, 16)
    const gradients = still.imitation!.network.kernel.copy(still.imitation!.gradientsAt, parametersLength)
    const values = agent.lossesOf(decisions, order).objective
    let largest = 0
    for (let k = 0; k < parametersLength; k++) {
      const value = kernel.numbers[parametersAt + k]!
      kernel.numbers[parametersAt + k] = value + 1e-6
      // The targets may use other actions where the imitation bars others; so small a change does not.
      const slope = (agent.lossesOf(decisions, order).objective - values) / 1e-6 / 16
      kernel.numbers[parametersAt + k] = value
      largest = Math.max(largest, Math.abs(slope - gradients[k]!))
    }
    expect(largest).toBeLessThan(1e-5)
  })
})

describe('training', () => {
  const decisions = madeUpDecisions(200, 5)

  it('on SIMD follows that on 64-bit floats', () => {
    const simd = valuesOf(
      train(agentFor(decisions, { rule: discreteCql, kind: 'simd' }), decisions, 50),
      decisions,
    )
    const plain = valuesOf(
      train(agentFor(decisions, { rule: discreteCql, kind: 'plain' }), decisions, 50),
      decisions,
    )
    const errors = plain.flatMap((row, i) => row.map((value, k) => Math.abs(simd[i]![k]! - value)))
    expect(Math.max(...errors)).toBeLessThan(5e-4)
  })

  it.each(['simd', 'plain'] as const)('twice gives the same bytes (%s)', (kind) => {
    const [first, second] = [1, 2].map(() =>
      train(agentFor(decisions, { rule: discreteBcq, kind }), decisions, 40).save(),
    )
    expect(second).toEqual(first)
    const other = train(agentFor(decisions, { rule: discreteBcq, kind, seed: 2 }), decisions, 40).save()
    expect(other.arrays.parameters).not.toEqual(first!.arrays.parameters)
  })

  it('leaves the padding at 0', () => {
    const agent = train(agentFor(decisions), decisions, 20)
    const { numbers } = agent.network.kernel
    for (const { inputs, outputs, paddedInputs, paddedOutputs, weights, bias } of agent.network.layers) {
      for (let i = 0; i < paddedInputs; i++) {
        for (let j = 0; j < paddedOutputs; j++) {
          if (i >= inputs || j >= outputs) expect(numbers[weights + i * paddedOutputs + j]).toBe(0)
        }
      }
      for (let j = outputs; j < paddedOutputs; j++) expect(numbers[bias + j]).toBe(0)
    }
  })

  it('stops with what to do where numbers run away', () => {
    const wild = { ...decisions, reward: decisions.reward.map(() => Number.POSITIVE_INFINITY) }
    const agent = agentFor(decisions, { given: { huberThreshold: 1e6 } })
    agent.step(wild, everyOne(16), 0, 16)
    const lost = { ...decisions, reward: decisions.reward.map(() => Number.NaN) }
    expect(() => agent.step(lost, everyOne(16), 0, 16)).toThrow('the training diverged')
  })
})

describe('identities, bit by bit', () => {
  const bytesOf = (agent: ValueAgent) => agent.save().arrays.parameters

  it.each([1, 3])('CQL with alpha 0 is double DQN (%i actions per row)', (actions) => {
    const decisions = madeUpDecisions(200, 5, actions)
    const plain = train(agentFor(decisions), decisions, 40)
    const zero = train(agentFor(decisions, { rule: discreteCql, given: { alpha: 0 } }), decisions, 40)
    expect(bytesOf(zero)).toEqual(bytesOf(plain))
    const some = train(agentFor(decisions, { rule: discreteCql, given: { alpha: 0.1 } }), decisions, 40)
    expect(bytesOf(some)).not.toEqual(bytesOf(plain))
  })

  it('BCQ that bars nothing is double DQN', () => {
    const decisions = madeUpDecisions(200, 5)
    const plain = train(agentFor(decisions), decisions, 40)
    const lenient = train(agentFor(decisions, { rule: discreteBcq, given: { threshold: 0 } }), decisions, 40)
    expect(bytesOf(lenient)).toEqual(bytesOf(plain))
    const strict = train(agentFor(decisions, { rule: discreteBcq, given: { threshold: 1 } }), decisions, 40)
    expect(bytesOf(strict)).not.toEqual(bytesOf(plain))
  })

  it('double is single as long as the target network is the one that learns', () => {
    const decisions = madeUpDecisions(200, 5)
    const given = { targetUpdate: 1 }
    const double = train(agentFor(decisions, { given }), decisions, 40)
    const single = train(agentFor(decisions, { given: { ...given, double: 0 } }), decisions, 40)
    expect(bytesOf(double)).toEqual(bytesOf(single))
    const apart = train(agentFor(decisions, { given: { double: 0 } }), decisions, 40)
    expect(bytesOf(apart)).not.toEqual(bytesOf(double))
  })
})

describe('values', () => {
  it('do not depend on the order of the candidates, with a dueling head neither', () => {
    const decisions = madeUpDecisions(30, 5)
    const reversed: Decisions = {
      ...decisions,
      current: {
        count: (i) => decisions.current.count(i),
        write: (i, numbers, at) => {
          const rows = new Float64Array(decisions.current.count(i) * 5)
          decisions.current.write(i, rows, 0)
          for (let k = 0; k * 5 < rows.length; k++) {
            numbers.set(rows.subarray(rows.length - (k + 1) * 5, rows.length - k * 5), at + k * 5)
          }
        },
      },
    }
    for (const dueling of [0, 1]) {
      const agent = train(agentFor(decisions, { given: { dueling } }), decisions, 5)
      const forwards = valuesOf(agent, decisions)
      for (const [i, row] of valuesOf(agent, reversed).entries()) {
        for (const [k, value] of row.toReversed().entries()) expect(value).toBeCloseTo(forwards[i]![k]!, 5)
      }
    }
  })

  it('of fixed actions that the log never shows are barred', () => {
    const decisions = { ...madeUpDecisions(60, 5, 3), barred: [1] }
    for (const row of valuesOf(train(agentFor(decisions), decisions, 5), decisions)) {
      expect(row[1]).toBe(Number.NEGATIVE_INFINITY)
      expect(Number.isFinite(row[0]) && Number.isFinite(row[2])).toBe(true)
    }
  })

  it('that nobody would have chosen are barred by BCQ', () => {
    // Whoever decided always took action 0.
    const made = madeUpDecisions(200, 5, 3)
    const decisions = { ...made, chosen: new Int32Array(200) }
    const agent = train(
      agentFor(decisions, { rule: discreteBcq, given: { learningRate: 0.01 } }),
      decisions,
      200,
    )
    for (const row of valuesOf(agent, decisions)) {
      expect(row.slice(1)).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])
    }
  })

  // The identity environment: the state names the action that is rewarded.
  it.each([dqn, discreteCql, discreteBcq])('solve the identity environment ($name)', (rule) => {
    const actions = 4
    const made = madeUpDecisions(600, actions, actions)
    const state = (i: number) => (i * 7) % actions
    const row = (shift: number): Decisions['current'] => ({
      count: () => 1,
      write: (i, numbers, at) => {
        for (let f = 0; f < actions; f++) numbers[at + f] = f === state(i + shift) ? 1 : 0
      },
    })
    const decisions: Decisions = {
      ...made,
      current: row(0),
      next: row(1),
      reward: made.reward.map((_, i) => (made.chosen[i] === state(i) ? 1 : 0)),
    }
    const given = { learningRate: 0.01, hiddenUnits: 16, huberThreshold: 1, gamma: 0.5, alpha: 0.1 }
    const agent = train(agentFor(decisions, { rule, given }), decisions, 500)
    for (const [i, values] of valuesOf(agent, decisions).entries()) {
      expect(values.indexOf(Math.max(...values))).toBe(state(i))
    }
  })

  it('reach the fixed point of a two-state chain', () => {
    // 0 -> 1 pays 1, 1 -> 0 pays 0: V(0) = 1 / (1 - gamma^2), V(1) = gamma V(0).
    const made = madeUpDecisions(200, 2, 2)
    const row = (shift: number): Decisions['current'] => ({
      count: () => 1,
      write: (i, numbers, at) => {
        for (let f = 0; f < 2; f++) numbers[at + f] = (i + shift) % 2 === f ? 1 : 0
      },
    })
    const decisions: Decisions = {
      ...made,
      current: row(0),
      next: row(1),
      reward: made.reward.map((_, i) => (i % 2 === 0 ? 1 : 0)),
      terminal: new Uint8Array(200),
    }
    const given = { learningRate: 0.005, hiddenUnits: 16, huberThreshold: 10, gamma: 0.5, targetUpdate: 20 }
    const values = valuesOf(train(agentFor(decisions, { given }), decisions, 600), decisions)
    expect(values[0]![0]).toBeCloseTo(4 / 3, 1)
    expect(values[1]![1]).toBeCloseTo(2 / 3, 1)
  })
})
