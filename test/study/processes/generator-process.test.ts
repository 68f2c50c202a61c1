/** A generator process, from the end that starts it. */
import { describe, expect, it } from 'vitest'
import { GeneratorLost, GeneratorProcess } from '../../../src/study/processes/generator-process.ts'
import { until } from '../../e2e/loadgen-process.ts'
import { smallScenario } from '../../shop/small-scenario.ts'

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a generator process', () => {
  it('is lost at once if it has ended before it has its task', async () => {
    const generator = await GeneratorProcess.start()
    process.kill(generator.pid, 'SIGKILL')
    await until(() => !isAlive(generator.pid), 'the process to be gone')
    const loaded = { scenario: smallScenario, warnings: [], source: { file: 'a.yaml', dialect: 'native' } }
    const task = { kind: 'segment', loaded, target: undefined, share: {} } as const
    const lost = generator.run(task as never, () => {}, new AbortController().signal)
    await expect(lost).rejects.toThrow(GeneratorLost)
    await expect(lost).rejects.toThrow('its process ended in mid-run (SIGKILL)')
  })
})
