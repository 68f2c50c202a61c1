/**
 * The promise of the virtual world: the same scenario, policy and seed give the same bytes. Every shipped scenario
 * is run twice, shortened so that all its phases and faults come in a minute and a half.
 */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadScenario, type Scenario, shippedScenarios } from '../../src/scenario/index.ts'
import { resolvePolicy, vocabulary } from '../../src/study/index.ts'
import { createExperienceLog, DecisionStatistics, VirtualWorld } from '../../src/worlds/index.ts'
import { shortened } from '../scenario/shortened.ts'

const RUN_MS = 90_000

/** Hash of all that a run tells: the experience records, and what clients saw. */
function fingerprint(scenario: Scenario, seed: number): { hash: string; decisions: number } {
  const hash = createHash('sha256')
  const world = new VirtualWorld({
    scenario,
    seed,
    policies: resolvePolicy(scenario.routing.policy),
    decisions: new DecisionStatistics(),
    observer: {
      onRequest: ({ origin, action, attempts, startMs, endMs, reply, boundMs }) => {
        hash.update(`${origin.trace} ${action} ${attempts} ${startMs} ${endMs} ${reply.status} ${boundMs}\n`)
      },
      onSessionStart: (phase) => hash.update(`start ${phase}\n`),
      onSessionEnd: (phase, result) => hash.update(`end ${phase} ${JSON.stringify(result)}\n`),
      onCheck: (name, passed) => hash.update(`${name} ${passed}\n`),
      onUsers: (nowMs, users) => hash.update(`users ${nowMs} ${users}\n`),
      onDropped: (phase) => hash.update(`dropped ${phase}\n`),
    },
    record: (routers) =>
      createExperienceLog({
        run: 'golden',
        scenario,
        routers,
        sink: { writeLine: (bytes, length) => hash.update(bytes.subarray(0, length)) },
      }),
  })
  while (!world.over) world.step(10_000)
  return { hash: hash.digest('hex'), decisions: world.log!.recorded }
}

describe.each(shippedScenarios())('$name', ({ file }) => {
  const load = (): Scenario =>
    shortened(loadScenario(file, { vocabulary }).scenario, { toMs: RUN_MS, mostUsers: 30 })
  const short = load()
  let once: ReturnType<typeof fingerprint>
  beforeAll(() => {
    once = fingerprint(short, short.seed)
  })

  it('gives the same bytes when it is loaded and run again', () => {
    expect(once.decisions).toBeGreaterThan(200)
    expect(fingerprint(load(), short.seed)).toEqual(once)
  })

  it('gives others with another seed', () => {
    expect(fingerprint(short, short.seed + 1).hash).not.toBe(once.hash)
  })
})
