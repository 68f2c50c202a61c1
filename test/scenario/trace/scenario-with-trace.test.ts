import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario, scenarioHash, type TraceReplay } from '../../../src/scenario/index.ts'
import { folderOf, vocabulary } from '../scenario-files.ts'

const HEAD = 'name: replayed\ndescription: A trace\naccounts: 50\nphases:\n'
const CSV = 'time,method,path,service\n0.5,GET,/a,cart\n2,POST,/b,cart\n7.25,GET,/c,cart\n'

function load(phase: string, files: Readonly<Record<string, string>> = { 'traces/day.csv': CSV }) {
  const folder = folderOf({ 'scenario.yaml': `${HEAD}  - ${phase}\n`, ...files })
  return loadScenario(path.join(folder, 'scenario.yaml'), { vocabulary })
}

function faultOf(phase: string, files?: Readonly<Record<string, string>>): string {
  try {
    load(phase, files)
  } catch (error) {
    return (error as Error).message.replaceAll(/\/\S*\//g, '')
  }
  throw new Error('expected a ConfigError')
}

describe('a phase that replays a trace', () => {
  const replay = 'executor: { kind: trace-replay, file: traces/day.csv, speed: 2 }'

  it('lasts as long as that, and holds only what is needed to find it again', () => {
    const { scenario, warnings } = load(`{ name: day, ${replay}, behaviors: { quick-browser: 1 } }`)
    const [phase] = scenario.phases
    const { trace, ...executor } = phase!.executor as TraceReplay
    expect(executor).toEqual({ kind: 'trace-replay', speed: 2, factor: 1 })
    expect(path.isAbsolute(trace.file)).toBe(true)
    expect(trace).toMatchObject({ format: 'csv', use: 'sessions', starts: 3, durationMs: 7250 })
    expect(phase!.durationMs).toBe(3626)
    expect(phase!.gracefulStopMs).toBe(30_000)
    expect(warnings).toEqual([])
    expect(JSON.stringify(scenario.phases).length).toBeLessThan(1500)
  })

  it('without behaviours sends the requests themselves', () => {
    const { scenario, warnings } = load(`{ name: day, ${replay} }`)
    expect(scenario.phases[0]!.behaviors).toEqual({ 'replayed-requests': 1 })
    expect(Object.keys(scenario.behaviors)).toEqual(['replayed-requests'])
    expect((scenario.phases[0]!.executor as TraceReplay).trace).toMatchObject({ use: 'requests', starts: 2 })
    expect(warnings.join()).toMatch(/1 of 3 lines is not sent again \(1 POST\)/)
  })

  it('says what is left out where the phase is shorter', () => {
    const { warnings } = load(
      `{ name: day, durationMinutes: 0.05, ${replay}, behaviors: { quick-browser: 1 } }`,
    )
    expect(warnings).toEqual([
      'phase "day" ends before its trace, which goes on for another 1 s: that is left out',
    ])
  })

  it('is the same scenario wherever the trace lies', () => {
    const phase = `{ name: day, ${replay}, behaviors: { quick-browser: 1 } }`
    const [one, other] = [load(phase), load(phase)]
    expect(one.scenario).not.toEqual(other.scenario)
    expect(scenarioHash(one.scenario)).toBe(scenarioHash(other.scenario))
    const changed = load(phase, { 'traces/day.csv': `${CSV}8,GET,/a,cart\n` })
    expect(scenarioHash(changed.scenario)).not.toBe(scenarioHash(one.scenario))
  })

  it('needs a trace that can be read, and says where in the scenario it is named', () => {
    const phase = `{ name: day, ${replay}, behaviors: { quick-browser: 1 } }`
    expect(faultOf(phase, {})).toMatch(
      /^scenario.yaml:5:\d+ phases\[0\].executor.file: day.csv: no such file: expected a trace/,
    )
    expect(faultOf(phase, { 'traces/day.csv': '' })).toMatch(
      /executor.file: day.csv: expected a trace, got an empty file/,
    )
    expect(faultOf(phase.replace('speed: 2', 'speed: 0, formt: csv'))).toMatch(
      /speed: expected number above 0 [^\n]*, got 0[\s\S]*unknown key \(did you mean "format"\?\)/,
    )
  })

  it('alone may go without behaviours, and keeps a name to itself', () => {
    expect(faultOf('{ name: day, durationMinutes: 1, users: 5 }')).toMatch(
      /phases\[0\].behaviors: expected map, got nothing/,
    )
    expect(faultOf(`{ name: day, ${replay}, behaviors: { replayed-requests: 1 } }`)).toMatch(
      /this name is kept/,
    )
  })
})
