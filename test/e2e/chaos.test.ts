/** Chaos is reproducible: what fails when, and what becomes of it, follows from the seed to the last byte. */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { loadgen } from './loadgen-process.ts'
import { folderOf, RunFiles } from './run-files.ts'

async function hashesOf(seed: number): Promise<{ experiences: string; requests: string }> {
  const out = folderOf()
  const args = ['run', '--mode', 'custom', '--scenario', 'chaos', '--seed', String(seed)]
  const { code, stderr } = await loadgen([...args, '--no-train', '--quiet', '--out', out], { cwd: out })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const files = new RunFiles(out)
  expect(files.summary.errorRate).toBeGreaterThan(0)
  const hash = (file: string): string => createHash('sha256').update(files.text(file)).digest('hex')
  return { experiences: hash('experiences.jsonl'), requests: hash('requests.jsonl') }
}

it('twice with one seed gives equal hashes', { timeout: 120_000 }, async () => {
  const first = await hashesOf(7)
  expect(await hashesOf(7)).toEqual(first)
})
