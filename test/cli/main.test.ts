import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileOf, MINIMAL } from '../scenario/scenario-files.ts'
import { capture } from './capture.ts'

const GOOD = fileOf(MINIMAL)
const HALVES = path.join(import.meta.dirname, '../fixtures/dialects/stress-halves.json')

describe('main', () => {
  it.each([
    ['runn', 'Did you mean run?'],
    ['run --polic round-robin', '(did you mean "policy"?)'],
    ['run --mode valdation', '(did you mean "validation"?)'],
    ['run --policy round-robbin', '(did you mean "round-robin"?)'],
    ['run --algorithm qlearning', '(did you mean "q-learning"?)'],
    ['run --scenario validaton', '(did you mean "validation"?)'],
    [`run --mode validation --config ${GOOD}`, 'use --mode custom'],
    [`run --config ${GOOD} --seed 1.5`, '--seed: expected a whole number, got "1.5"'],
    [`run --config ${GOOD} --jobs 0`, '--jobs: expected a whole number from 1, got "0"'],
    [
      `run --config ${GOOD} --policy random --target http://127.0.0.1:1`,
      '--policy is for our own balancer: what the one at --target goes by is set up there',
    ],
    [
      `run --config ${GOOD} --world virtual --target http://127.0.0.1:1`,
      'cannot be used with --world virtual',
    ],
    ['validate', 'add --config FILE or --scenario NAME'],
    ['list polices', '(did you mean "policies"?)'],
    ['target --port 70000', '--port: expected a whole number from 0 to 65535, got "70000"'],
    ['train', 'Not enough non-option arguments'],
    ['train nowhere --seed x', '--seed: expected a whole number, got "NaN"'],
    ['run --policy', 'Not enough arguments following: policy'],
    [
      'run --policy random --policy round-robin',
      '--policy: given 2 times (random, round-robin): give it once',
    ],
    ['run --mode validation --mode custom', '--mode: given 2 times'],
  ])('ends "%s" with 2 and a hint', async (line, hint) => {
    const { code, stdout, stderr } = await capture(line)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(hint)
    expect(stderr).toContain('try "loadgen --help"')
  })

  it.each([
    [`validate --config ${fileOf('name: torn\nphases: [{ name: first')}`, 'scenario.yaml:2:'],
    [`validate --config ${HALVES} --scenario nope`, 'has no scenario "nope"; it has: flash_sale'],
  ])('ends "%s" with 3', async (line, message) => {
    const { code, stderr } = await capture(line)
    expect(code).toBe(3)
    expect(stderr).toContain(message)
    expect(stderr, 'the file is wrong, not the command line').not.toContain('--help')
  })

  it.each([
    `target --config ${GOOD} --record ${GOOD}`,
    `target --config ${GOOD} --record /proc/x/y`,
    `run --config ${GOOD} --out /proc/x/y`,
  ])('ends "%s" with 6', async (line) => {
    const { code, stderr } = await capture(line)
    expect(code).toBe(6)
    expect(stderr).toMatch(
      /: cannot (record there|make a run directory) \(E.*: choose another with --(out|record)\n$/,
    )
  })

  it('validate says beforehand which requests the virtual world has nobody to ask for', async () => {
    const behavior = 'behaviors: { f: { description: d, requests: [{ name: a, get: /x }] } }\n'
    const phase = 'phases: [{ name: p, durationMinutes: 1, users: 1, behaviors: { f: 1 } }]\n'
    const said = async (world: string) => {
      const file = fileOf(`name: n\ndescription: d\nworld: ${world}\n${phase}${behavior}`)
      return (await capture(`validate --config ${file}`)).stderr
    }
    expect(await said('virtual')).toContain('warning: requests without a service can only be made of a real')
    expect(await said('live')).toBe('')
  })

  it('says what there is to do when it is told nothing', async () => {
    const { code, stderr } = await capture('--quiet')
    expect(code).toBe(2)
    expect(stderr).toContain('say what to do')
  })

  it.each(['train', 'merge', 'validate', 'target', 'doctor', 'list'])('has help for %s', async (command) => {
    const { code, stdout, stderr } = await capture(`${command} --help`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await expect(stdout).toMatchFileSnapshot(`golden/help-${command}.txt`)
  })
})

describe('list', () => {
  it('faults shows defaults and ranges of their parameters, and what must be given', async () => {
    const { stdout } = await capture('list faults')
    expect(stdout).toContain('  factor (default 1, 1 to 1000): multiplies the latency at the instance\n')
    expect(stdout).toMatch(/^errors .*\n +rate \(required, 0 to 1\): share of the requests\n/m)
    expect(stdout).toContain('  known as: Toxiproxy down; ')
    const [errors] = JSON.parse((await capture('list faults --json')).stdout).filter(
      ({ name }: { name: string }) => name === 'errors',
    )
    expect(errors.parameters[1]).toMatchObject({ name: 'status', default: 500, min: 400, max: 599 })
  })

  it('executors shows the kind of loop, what a file may hold, and what k6 calls it', async () => {
    const { stdout } = await capture('list executors')
    expect(stdout).toMatch(
      /^ramping-users .*\n +closed loop\n +startUsers \(default 1, integer of at least 0\): Users at/m,
    )
    expect(stdout).toMatch(
      / +stages \(required, list with at least one entry\): List of \{ durationSeconds, users \}/,
    )
    expect(stdout).toContain('known as: k6 ramping-vus\n')
    const list = JSON.parse((await capture('list executors --json')).stdout) as { name: string }[]
    expect(list.find(({ name }) => name === 'flash-crowd')).toMatchObject({ model: 'open' })
  })

  it('algorithms tells what is found in the data', async () => {
    expect((await capture('list algorithms')).stdout).toContain('initialValue (from the data, ')
  })

  it('policies marks oracles and those that wrap others', async () => {
    const { stdout } = await capture('list policies')
    expect(stdout).toMatch(/^epsilon-greedy .*\n +wraps 1\n +epsilon \(default 0.1, 0 to 1\): /m)
    expect(stdout).toMatch(/^least-work-left .*\n +virtual world only\n/m)
    expect(stdout).not.toMatch(/^round-robin .*\n +/m)
    const list = JSON.parse((await capture('list policies --json')).stdout) as { name: string }[]
    const marks = (name: string) => list.find((entry) => entry.name === name)
    expect(marks('epsilon-greedy')).toMatchObject({ wraps: 1 })
    expect(marks('epsilon-greedy')).not.toHaveProperty('virtualWorldOnly')
    expect(marks('least-work-left')).toMatchObject({ wraps: 0, virtualWorldOnly: true })
  })

  it.each([
    ['scenarios', ['validation', 'comprehensive']],
    ['behaviors', ['quick-browser', 'bulk-buyer']],
    ['policies', ['round-robin', 'epsilon-greedy']],
    ['algorithms', ['q-learning', 'cql']],
    ['faults', ['latency', 'crash']],
    ['executors', ['constant-users', 'flash-crowd']],
  ])('%s as text and as JSON', async (what, some) => {
    const text = await capture(`list ${what}`)
    const json = await capture(`list ${what} --json`)
    expect([text.code, json.code, text.stderr + json.stderr]).toEqual([0, 0, ''])
    const entries = JSON.parse(json.stdout) as { name: string; summary: string }[]
    expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(some))
    const lines = text.stdout.split('\n').map((line) => line.replace(/ {2,}/, ': '))
    for (const { name, summary } of entries) expect(lines).toContain(`${name}: ${summary}`)
  })
})
