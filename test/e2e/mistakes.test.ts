/** Command lines that cannot work: the exit code tells the kind, the message where, what and how to fix it. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadgen } from './loadgen-process.ts'
import { folderOf, VIRTUAL } from './run-files.ts'

/** The last line of a file that is good otherwise. */
const WRONG = {
  'unknown-fault.yaml': 'faults: [{ kind: latncy }]',
  'unknown-instance.yaml': 'faults: [{ kind: crash, instances: [cart-service-9] }]',
  'contradiction.yaml':
    'faults: [{ kind: crash, phase: calm }, { kind: refuse, service: cart, startMinute: 0.5 }]',
}

const cwd = folderOf({
  'good.yaml': VIRTUAL,
  'empty.yaml': '',
  'in-the-way': '',
  ...Object.fromEntries(Object.entries(WRONG).map(([name, line]) => [name, VIRTUAL + line])),
  'few-accounts.yaml': VIRTUAL.replace('accounts: 30', 'accounts: 15'),
  'many-faults.yaml': `${VIRTUAL}${WRONG['unknown-fault.yaml']}\nchaos: [{ everySeconds: 0, lastSeconds: [5, 1], faults: [{ kind: crsh }] }]`,
})
const taken = createServer()
const free = createServer()
beforeAll(async () => {
  await Promise.all([listen(taken), listen(free)])
  free.close()
})
afterAll(() => void taken.close())

describe.concurrent('a command line that cannot work', () => {
  it.each([
    [2, 'unknown option', 'run --polic round-robin', '(did you mean "policy"?)'],
    [3, 'missing file', 'run --config god.yaml', 'god.yaml: no such file (did you mean "good.yaml"?)'],
    [
      3,
      'empty file',
      'run --config empty.yaml',
      'empty.yaml:1:1: expected a map of fields, got an empty file',
    ],
    [
      3,
      'fault that is unknown',
      'run --config unknown-fault.yaml',
      'unknown-fault.yaml:13:18 faults[0].kind: unknown fault "latncy" (did you mean "latency"?)',
    ],
    [
      3,
      'fault on an instance that is not there',
      'run --config unknown-instance.yaml',
      'unknown-instance.yaml:13:37 faults[0].instances[0]: unknown instance "cart-service-9"',
    ],
    [
      3,
      'faults that contradict each other',
      'run --config contradiction.yaml',
      'contradiction.yaml:13:40 faults[1]: contradicts faults[0] on cart-service-1: "crash" and "refuse"',
    ],
    [
      3,
      'more users than accounts',
      'run --config few-accounts.yaml',
      'few-accounts.yaml:7:11 accounts: expected at least 16, the most users that the phases hold at once, got 15',
    ],
    [3, 'several faults, the first', 'run --config many-faults.yaml', ':13:18 faults[0].kind: unknown fault'],
    [
      3,
      'several faults, the last',
      'run --config many-faults.yaml',
      'unknown fault "crsh" (did you mean "crash"?)',
    ],
    [
      5,
      'no target',
      'run --config good.yaml --target http://127.0.0.1:FREE',
      'no answer (connect): start the',
    ],
    [5, 'port in use', 'target --port TAKEN', 'it is in use: end the program that has it, or choose another'],
    [
      6,
      'file in the way',
      'run --config good.yaml --out in-the-way',
      'in-the-way: cannot make a run directory',
    ],
    [6, 'no disk', 'run --config good.yaml --out /proc/x', '/proc/x: cannot make a run directory'],
    [
      7,
      'no model',
      'run --config good.yaml --policy model:none',
      'none/model.json: cannot be read: name a model',
    ],
  ])('ends with %i: %s', async (exitCode, _, line, message) => {
    const args = line.replace('FREE', portOf(free)).replace('TAKEN', portOf(taken)).split(' ')
    const { code, stdout, stderr } = await loadgen(args, { cwd })
    expect(stderr).toContain(message)
    expect(stderr, 'a stack trace is not for users').not.toMatch(/^ +at /m)
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
  })

  it('explains itself as JSON where JSON was asked for', async () => {
    const { code, stdout, stderr } = await loadgen(['run', '--policy', 'round-robbin', '--json'], { cwd })
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    const message = expect.stringContaining('(did you mean "round-robin"?)')
    expect(JSON.parse(stdout)).toEqual({ error: { kind: 'UsageError', message, exitCode: 2 } })
  })
})

const ports = new Map<Server, number>()

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ports.set(server, (server.address() as AddressInfo).port)
}

function portOf(server: Server): string {
  return String(ports.get(server))
}
