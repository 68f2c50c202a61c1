/** Command lines that cannot work: the exit code tells the kind, the message where, what and how to fix it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadgen } from './loadgen-process.ts'
import { folderOf, VIRTUAL } from './run-files.ts'

const DIALECTS = path.join(import.meta.dirname, '../fixtures/dialects')
const cwd = folderOf({
  'good.yaml': VIRTUAL,
  'empty.yaml': '',
  'torn.yaml': 'name: torn\nphases: [{ name: first',
  'in-the-way': '',
})

async function failureOf(line: string) {
  const { code, stdout, stderr } = await loadgen(line.split(' '), { cwd })
  expect(stdout).toBe('')
  expect(stderr, 'a stack trace is not for users').not.toMatch(/^ +at /m)
  return { code, stderr }
}

describe.concurrent('wrong usage ends with 2 and a hint', () => {
  it.each([
    ['runn', 'run'],
    ['run --polic round-robin', '(did you mean "policy"?)'],
    ['run --mode valdation', '(did you mean "validation"?)'],
    ['run --policy round-robbin', '(did you mean "round-robin"?)'],
    ['run --scenario validaton', '(did you mean "validation"?)'],
    ['run --mode validation --config good.yaml', 'use --mode custom'],
    ['run --config good.yaml --seed 1.5', '--seed: expected a whole number, got "1.5"'],
    ['run --config good.yaml --jobs 0', '--jobs: expected a whole number from 1, got "0"'],
    ['run --config good.yaml --world virtual --target http://127.0.0.1:1', 'cannot be used with --world virtual'],
    ['validate', 'add --config FILE or --scenario NAME'],
    ['list polices', '(did you mean "policies"?)'],
    ['target --port 70000', '--port: expected a whole number from 0 to 65535'],
  ])('%s', async (line, hint) => {
    const { code, stderr } = await failureOf(line)
    expect(code).toBe(2)
    expect(stderr).toContain(hint)
    expect(stderr).toContain('try "loadgen --help"')
  })

  it('says so as JSON when JSON is asked for', async () => {
    const { code, stdout, stderr } = await loadgen(['run', '--policy', 'round-robbin', '--json'], { cwd })
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    const message = expect.stringContaining('did you mean "round-robin"?')
    expect(JSON.parse(stdout)).toEqual({ error: { kind: 'UsageError', message, exitCode: 2 } })
  })
})

describe.concurrent('a scenario file that is not sound ends with 3', () => {
  it.each([
    ['run --config god.yaml', 'god.yaml: no such file (did you mean "good.yaml"?)'],
    ['run --config empty.yaml', 'empty.yaml:1:1: expected a map of fields, got an empty file'],
    ['validate --config torn.yaml', 'torn.yaml:2:'],
    [`validate --config ${DIALECTS}/stress-halves.json --scenario nope`, 'has no scenario "nope"; it has: flash_sale'],
  ])('%s', async (line, message) => {
    const { code, stderr } = await failureOf(line)
    expect(code).toBe(3)
    expect(stderr).toContain(message)
  })
})

describe.concurrent('what is around does not play along', () => {
  it('ends with 5 where the target does not answer', async () => {
    const { code, stderr } = await failureOf(`run --config good.yaml --target http://127.0.0.1:${await freePort()}`)
    expect(code).toBe(5)
    expect(stderr).toMatch(/no answer \(connect\): start the balancer or correct --target/)
  })

  it('ends with 5 where the port of the target is in use', async () => {
    const { code, stderr } = await failureOf(`target --port ${await takenPort()}`)
    expect(code).toBe(5)
    expect(stderr).toContain('it is in use: end the program that has it, or choose another with --port')
  })

  it.each([
    ['a file', 'in-the-way'],
    ['/proc', '/proc/x'],
  ])('ends with 6 where --out is under %s', async (_, out) => {
    const { code, stderr } = await failureOf(`run --config good.yaml --out ${out}`)
    expect(code).toBe(6)
    expect(stderr).toContain(`${out}: cannot make a run directory`)
    expect(stderr).toContain('choose another with --out')
  })

  it('ends with 7 where the model is missing', async () => {
    const { code, stderr } = await failureOf('run --config good.yaml --policy model:nowhere')
    expect(code).toBe(7)
    expect(stderr).toContain('nowhere/model.json: cannot be read: name a model directory')
  })
})

async function takenPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A port on which nobody listens (any more). */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
