import { describe, expect, it } from 'vitest'
import { LearningError, WorldError } from '../../src/core/index.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { type ReplayResult, type ReplayTask, replay, replayAll, vocabulary } from '../../src/study/index.ts'
import { fileOf, MINIMAL } from '../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'

const scenario = { ...smallScenario, phases: [phaseOf({ users: 10, rampUpMs: 0, pace: 4 })] }

/** Faults at known and at drawn places and times, and a client that sends requests again and twice. */
const troubled = loadScenario(
  fileOf(`${MINIMAL}
faults:
  - { kind: errors, rate: 0.3, service: cart, share: 0.5, durationMinutes: 1 }
  - { kind: noisy-neighbour, everySeconds: 5, service: inventory }
chaos:
  - everySeconds: 10
    lastSeconds: [5, 20]
    faults: [{ kind: crash }, { kind: latency, factor: 5 }, { kind: black-hole, rate: 0.1 }]
client: { timeoutSeconds: 1, retries: { most: 3 }, hedgeAfterMs: 100 }
`),
  { vocabulary },
).scenario

const tasks: ReplayTask[] = [1, 2].flatMap((seed) =>
  ['round-robin', 'least-outstanding', 'random'].map((policy) => ({ scenario, policy, seed })),
)

describe('replay', () => {
  it('sums up one run of a policy', async () => {
    const result = await replay({ scenario, policy: 'least-outstanding', seed: 3 })
    expect(result).toMatchObject({ policy: 'least-outstanding', seed: 3, errorRate: 0 })
    expect(result.requests).toBeGreaterThan(100)
    expect(result.boundMs).toBeGreaterThan(0)
    expect(result.meanLatencyMs).toBeGreaterThanOrEqual(result.boundMs)
    expect(result.p99LatencyMs).toBeGreaterThanOrEqual(result.p95LatencyMs)
  })

  it('gives every policy the same work: the bound hardly differs', async () => {
    const [a, b] = await Promise.all(tasks.slice(0, 2).map(replay))
    expect(Math.abs(a!.boundMs / b!.boundMs - 1)).toBeLessThan(0.02)
  })
})

describe('replayAll', () => {
  it('gives the same results in the order of the tasks, however many threads there are', async () => {
    const alone = await replayAll(tasks, { jobs: 1 })
    const reported: ReplayResult[] = []
    const together = await replayAll(tasks, { jobs: 2, onResult: (result) => reported.push(result) })
    expect(alone.map((result) => [result!.seed, result!.policy])).toEqual(
      tasks.map(({ seed, policy }) => [seed, policy]),
    )
    expect(together).toEqual(alone)
    expect(new Set(reported)).toEqual(new Set(together))
  })

  it('has nothing to do without tasks', async () => {
    expect(await replayAll([], { jobs: 2 })).toEqual([])
  })

  it.each([1, 2])('leaves out what is not done when it is aborted, with %d threads', async (jobs) => {
    const stop = new AbortController()
    let done = 0
    const results = await replayAll(tasks, {
      jobs,
      onResult: () => {
        if (++done === 2) stop.abort()
      },
      signal: stop.signal,
    })
    expect(results).toHaveLength(tasks.length)
    expect(results.filter((result) => result !== undefined).length).toBe(2)
  })

  it('gives the same results under faults, chaos, retries and hedges, with 1 thread and with 4', async () => {
    const under = tasks.map((task) => ({ ...task, scenario: { ...troubled, phases: scenario.phases } }))
    const alone = await replayAll(under, { jobs: 1 })
    const [calm] = await replayAll(tasks.slice(0, 1), { jobs: 1 })
    expect(alone[0]!.meanLatencyMs).toBeGreaterThan(1.5 * calm!.meanLatencyMs)
    expect(await replayAll(under, { jobs: 4 })).toEqual(alone)
  })

  it.each([1, 2])('has no result for a run that was stopped, with %d threads', async (jobs) => {
    const stopped = tasks.map((task) => ({ ...task, scenario: { ...scenario, maxEvents: 300 } }))
    await expect(replayAll(stopped, { jobs })).rejects.toThrow(
      /"[a-z-]+" with seed 1 was stopped: the budget of 300 events/,
    )
  })

  it.each([
    [1, LearningError, /model.json: cannot be read/],
    [2, WorldError, /a replay of "model:missing" with seed 1 failed: .*model.json: cannot be read/],
  ])(
    'fails when a replay does, and does not do all the others, with %d threads',
    async (jobs, kind, message) => {
      let done = 0
      const failing = replayAll([{ scenario, policy: 'model:missing', seed: 1 }, ...tasks, ...tasks], {
        jobs,
        onResult: () => done++,
      })
      await expect(failing).rejects.toThrow(kind)
      await expect(failing).rejects.toThrow(message)
      // Some may have been done before the failure was heard, but not all.
      expect(done).toBeLessThan(2 * tasks.length)
    },
  )
})
