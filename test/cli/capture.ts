/** Runs a command line in this process and catches what it prints. */
import { vi } from 'vitest'
import { main } from '../../src/cli/main.ts'

export interface Captured {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function capture(line: string): Promise<Captured> {
  let [stdout, stderr] = ['', '']
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => (stdout += text) !== ''),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => (stderr += text) !== ''),
    vi.spyOn(console, 'log').mockImplementation((text) => void (stdout += `${text}\n`)), // yargs' help
  ]
  try {
    const code = await main(line.split(' '))
    return { code, stdout, stderr }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
