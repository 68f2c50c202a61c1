/** Programs on the generator's core, and what they cost. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { GENERATOR_CORE, onCore } from './cores.ts'
import type { Measured } from './measured.ts'

/** Runs one of our programs, which measures itself. */
export async function programReport(file: string, args: readonly string[]): Promise<Measured> {
  const [command, line] = onCore(GENERATOR_CORE, process.execPath, [file, ...args])
  const child = spawn(command, line, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exit = once(child, 'exit')
  const [report] = (await Promise.race([once(child, 'message'), failed(exit, file)])) as [Measured]
  await exit
  return report
}

async function failed(exit: Promise<unknown[]>, file: string): Promise<never> {
  const [code] = await exit
  throw new Error(`${file} ended with ${code} and said nothing`)
}

export interface Finished {
  readonly stdout: string
  readonly code: number
  /** User and system of it and its children. */
  readonly cpuMs: number
  readonly seconds: number
  /** The most that it had in memory at once, without its children. */
  readonly peakMegabytes: number
}

/**
 * Runs a command to its end. `times` of the shell is what the system says of all that have ended below it (POSIX), in
 * hundredths of a second.
 */
export async function finished(command: string, args: readonly string[]): Promise<Finished> {
  const script = 'code=0; "$@" || code=$?; times >&3; exit $code'
  const [shell, line] = onCore(GENERATOR_CORE, '/bin/sh', ['-c', script, 'sh', command, ...args])
  const startMs = performance.now()
  const child = spawn(shell, line, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const [stdout, stderr, times] = [1, 2, 3].map((stream) => textOf(child, stream)) as Promise<string>[]
  const peak = watchMemory(child)
  const [code] = (await once(child, 'exit')) as [number]
  const seconds = (performance.now() - startMs) / 1000
  const cpuMs = childTimes(await times!)
  if (code !== 0) console.error(`${command} ended with ${code}: ${await stderr}`)
  return { stdout: await stdout!, code, cpuMs, seconds, peakMegabytes: peak() }
}

async function textOf(child: ChildProcess, stream: number): Promise<string> {
  let text = ''
  for await (const chunk of child.stdio[stream] as AsyncIterable<Buffer>) text += chunk
  return text
}

/** `0m0.00s 0m0.00s` of the shell itself, and a line of what ran below it. */
function childTimes(text: string): number {
  const children = text.trim().split('\n')[1]!
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000,
    0,
  )
}

/** Looks ten times a second; the kernel keeps the peak (proc(5), VmHWM). */
function watchMemory(child: ChildProcess): () => number {
  let most = 0
  const timer = setInterval(() => {
    for (const pid of below(child.pid!)) most = Math.max(most, peakOf(pid))
  }, 100)
  return () => {
    clearInterval(timer)
    return most
  }
}

function below(pid: number): number[] {
  const children = readOr(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(below)]
}

function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0) / 1024
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended
  }
}
