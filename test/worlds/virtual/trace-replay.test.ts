/** A run replayed: what it wrote about its requests gives the same arrivals again, and the requests of a log are sent. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario, type Scenario } from '../../../src/scenario/index.ts'
import { vocabulary } from '../../../src/study/index.ts'
import { folderOf } from '../../scenario/scenario-files.ts'
import { runVirtually } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

function scenarioIn(folder: string, phase: string): Scenario {
  const file = join(folder, 'replay.yaml')
  writeFileSync(
    file,
    `name: replay\ndescription: Again\naccounts: 5000\nmaxConcurrentUsers: 5000\nphases:\n  - { name: again, ${phase} }\n`,
  )
  return loadScenario(file, { vocabulary }).scenario
}

describe('requests.jsonl of a run', () => {
  const folder = folderOf({ '.keep': '' })
  const original = runVirtually(openLoop(2, 3), { recorded: false })
  // Written as its requests end, and with the digits of the file.
  const lines = original.requests.map(({ session, intendedMs, action, service }) =>
    JSON.stringify({
      v: 1,
      session,
      phase: 'only',
      action,
      service,
      intendedMs: Number(intendedMs.toFixed(3)),
    }),
  )
  writeFileSync(join(folder, 'requests.jsonl'), lines.map((line) => `${line}\n`).join(''))
  const trace = 'kind: trace-replay, file: requests.jsonl'

  it.each([1, 2])('starts the same sessions at speed %d, whoever comes now', (speed) => {
    const scenario = scenarioIn(
      folder,
      `executor: { ${trace}, speed: ${speed} }, behaviors: { quick-browser: 1 }`,
    )
    const again = runVirtually(scenario, { recorded: false, seed: 9 })
    expect(original.starts.length).toBeGreaterThan(300)
    expect(again.starts).toHaveLength(original.starts.length)
    for (const [i, { atMs }] of again.starts.entries()) {
      expect(Math.abs(atMs - original.starts[i]!.atMs / speed)).toBeLessThan(0.002)
    }
    expect(again.dropped).toBe(0)
  })

  it('beside other phases', () => {
    const scenario = scenarioIn(folder, `executor: { ${trace} }, behaviors: { quick-browser: 1 }`)
    const [replay] = scenario.phases
    const steady = {
      ...replay!,
      name: 'steady',
      executor: { kind: 'constant-arrival-rate', sessionsPerSecond: 2 } as const,
    }
    const { starts } = runVirtually({ ...scenario, phases: [replay!, steady] }, { recorded: false })
    expect(starts.filter(({ phase }) => phase === 0)).toHaveLength(original.starts.length)
    const planned = (2 * replay!.durationMs) / 1000
    expect(Math.abs(starts.filter(({ phase }) => phase === 1).length - planned)).toBeLessThanOrEqual(1)
  })
})

describe('an access log of our balancer', () => {
  const folder = folderOf({ '.keep': '' })
  const line = (second: number, request: string) =>
    `10.0.0.1 - - [01/May/2024:12:00:${String(second).padStart(2, '0')} +0000] "${request} HTTP/1.1" 200 5\n`
  const requests = [
    'GET /proxy/inventory-service/actuator/health',
    'POST /proxy/cart-service/api/cart/add',
    'GET /proxy/cart-service/actuator/health',
  ]
  writeFileSync(
    join(folder, 'access.log'),
    Array.from({ length: 30 }, (_, i) => line(i, requests[i % 3]!)).join(''),
  )

  it('is sent request by request', () => {
    const scenario = scenarioIn(folder, 'executor: { kind: trace-replay, file: access.log }')
    const { requests: sent, starts, stopped } = runVirtually(scenario, { recorded: false })
    expect(stopped).toBeUndefined()
    expect(sent).toHaveLength(20)
    expect(new Set(sent.map(({ service, action }) => `${service} ${action}`))).toEqual(
      new Set(['inventory-service GET /actuator/health', 'cart-service GET /actuator/health']),
    )
    expect(sent.every(({ profile }) => profile === 'replayed-requests')).toBe(true)
    const byStart = sent.toSorted((a, b) => a.intendedMs - b.intendedMs)
    expect(byStart.map(({ intendedMs }) => intendedMs)).toEqual(starts.map(({ atMs }) => atMs))
    expect(byStart.map(({ service }) => service.split('-')[0])).toEqual(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 'inventory' : 'cart')),
    )
  })
})
