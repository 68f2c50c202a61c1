/** A log that passes decisions over: what it records is what a log of all of them records of the same. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ExperienceLog, PendingDecision } from '../../src/experience/index.ts'
import { DECIDERS } from './deciders.ts'
import { collectingLog, Observations, OPTIONS, outcomeOf, type Step, steps } from './schedules.ts'

/** Tells the log all steps, and returns its lines. Of the decisions that are not to be taken, it is told no more than that. */
function recorded(list: readonly Step[], takes: (decision: number) => boolean): string[] {
  const { log, lines } = collectingLog()
  const observations = new Observations()
  const open: { token: PendingDecision | number; startMs: number }[] = []
  let nowMs = 0
  let decisions = 0
  for (const { kind, service, afterMs, pick, status } of list) {
    nowMs += afterMs
    if (kind === 'decide') {
      open.push({ token: decide(log, observations, service, nowMs, takes(decisions++)), startMs: nowMs })
    } else if (open.length > 0) {
      const [{ token, startMs }] = open.splice(pick % open.length, 1) as [(typeof open)[0]]
      if (typeof token === 'number') log.onPassedOver(token, nowMs)
      else log.onOutcome(token, outcomeOf(status, nowMs - startMs), nowMs)
    }
  }
  log.close(nowMs + 100, (service) => observations.at(service, nowMs + 100))
  expect(log.decisions).toBe(decisions)
  return lines
}

function decide(
  log: ExperienceLog,
  observations: Observations,
  service: number,
  nowMs: number,
  taken: boolean,
): PendingDecision | number {
  const observation = observations.at(service, nowMs)
  if (!taken) {
    log.passOver(service, observation)
    return service
  }
  const origin = { trace: 'a'.repeat(32), hop: 0, attempt: 0, phase: 0, profile: 0 }
  const propensities = Float64Array.from({ length: observation.count }, () => 1 / observation.count)
  return log.onDecision(service, observation, 0, propensities, 0, origin, DECIDERS[0])
}

it('what is recorded of a sample is, byte for byte, what is recorded of the same decisions among all', () => {
  const everySo = fc.integer({ min: 2, max: 5 })
  fc.assert(
    fc.property(steps, everySo, (list, n) => {
      const numberOf = (line: string): number => JSON.parse(line).decision
      // What the end makes of the newest decision of a service depends on whether there was one after it.
      const last = OPTIONS.services.map((_, service) => {
        const decided = list.filter(({ kind }) => kind === 'decide')
        return decided.findLastIndex((step) => step.service === service)
      })
      const isInSample = (line: string): boolean => numberOf(line) % n === 0 && !last.includes(numberOf(line))
      const sample = recorded(list, (decision) => decision % n === 0)
      expect(sample.filter(isInSample)).toEqual(recorded(list, () => true).filter(isInSample))
      expect(sample.every((line) => numberOf(line) % n === 0)).toBe(true)
    }),
  )
})
