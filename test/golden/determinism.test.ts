/**
 * The promise of the virtual world: the same scenario, policy and seed give the same bytes. Every shipped scenario
 * is run twice, its phases shortened so that all of them are walked through in a few virtual minutes.
 */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  loadScenario,
  type Scenario,
  scenarioDurationMs,
  shippedScenarios,
} from '../../src/scenario/index.ts'
import { resolvePolicy, vocabulary } from '../../src/study/index.ts'
import { createExperienceLog, DecisionStatistics, VirtualWorld } from '../../src/worlds/index.ts'

const RUN_MS = 4 * 60_000

/** The whole scenario in `RUN_MS`: the same phases, at a larger pace so that sessions still have room. */
function shortened(scenario: Scenario): Scenario {
  const factor = RUN_MS / scenarioDurationMs(scenario)
  if (factor >= 1) return scenario
  const phases = scenario.phases.map((phase) => ({
    ...phase,
    startMs: phase.startMs * factor,
    durationMs: phase.durationMs * factor,
    rampUpMs: phase.rampUpMs * factor,
  }))
  return { ...scenario, phases }
}

/** Hash of all that a run tells: the experience records, and what clients saw. */
function fingerprint(scenario: Scenario, seed: number): { hash: string; decisions: number } {
  const hash = createHash('sha256')
  const world = new VirtualWorld({
    scenario,
    seed,
    policies: resolvePolicy(scenario.routing.policy),
    decisions: new DecisionStatistics(),
    observer: {
      onRequest: ({ origin, action, startMs, endMs, reply, boundMs }) => {
        hash.update(`${origin.trace} ${action} ${startMs} ${endMs} ${reply.status} ${boundMs}\n`)
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
  const { scenario } = loadScenario(file, { vocabulary })
  const short = shortened(scenario)
  const once = fingerprint(short, scenario.seed)

  it('gives the same bytes when it is run again', () => {
    expect(once.decisions).toBeGreaterThan(500)
    expect(fingerprint(short, scenario.seed)).toEqual(once)
  })

  it('gives the same bytes when it is loaded again', () => {
    const again = shortened(loadScenario(file, { vocabulary }).scenario)
    expect(fingerprint(again, scenario.seed)).toEqual(once)
  })

  it('gives others with another seed', () => {
    expect(fingerprint(short, scenario.seed + 1).hash).not.toBe(once.hash)
  })
})
