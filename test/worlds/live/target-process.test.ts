/** The target in a process of its own. Needs the build in `dist/`: the process runs from there. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TargetError } from '../../../src/core/index.ts'
import { TargetProcess } from '../../../src/worlds/index.ts'
import { fileOf } from '../../scenario/scenario-files.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { hostileServer } from './hostile-server.ts'

const raise = { scenario: smallScenario, seed: 1, policy: 'round-robin', port: 0 }

describe('TargetProcess', () => {
  it('serves at its url, and hands over what it saw when it is stopped', async () => {
    const recordTo = { run: 'apart', file: fileOf('', 'experiences.jsonl') }
    const target = await TargetProcess.start({ ...raise, recordTo })
    expect(target.startEpochMs).toBeLessThanOrEqual(Date.now())
    for (const service of ['user', 'cart', 'cart']) {
      expect((await fetch(`${target.url}/proxy/${service}-service/actuator/health`)).status).toBe(200)
    }
    const { decisions, recorded, rewards, observed } = await target.stop()
    expect([decisions, recorded]).toEqual([3, 3])
    expect(rewards!.count).toBe(3)
    expect(observed.services.map(({ latency }) => latency.count)).toEqual([1, 0, 2, 0, 0, 0])
    expect(observed.services[2]!.instances.map(({ answers }) => answers)).toEqual([1, 1])
    const lines = readFileSync(recordTo.file, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { run: string }).run)).toEqual([
      'apart',
      'apart',
      'apart',
    ])
    await expect(fetch(target.url)).rejects.toThrow()
  })

  it('tells why the process cannot raise the target', async () => {
    const { port } = await hostileServer(() => {})
    const start = TargetProcess.start({ ...raise, port })
    await expect(start).rejects.toThrow(TargetError)
    await expect(start).rejects.toThrow(`127.0.0.1:${port}: cannot listen: it is in use`)
  })

  it('does not mistake its own end for a loss', async () => {
    const target = await TargetProcess.start(raise)
    const losses: Error[] = []
    target.onLost((error) => losses.push(error))
    target.kill()
    await expect(untilRefused(target.url)).resolves.toBeUndefined()
    expect(losses).toEqual([])
  })
})

async function untilRefused(url: string): Promise<void> {
  while (
    await fetch(url).then(
      () => true,
      () => false,
    )
  );
}
