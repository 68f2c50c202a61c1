/** The learning curve of a model that `loadgen run` has trained: the summary of that run lies beside it. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { RunSummary, TrainingSummary } from '../summary/run-summary.ts'

/** Undefined for what is no model, and for one whose training nobody has written down. */
export function knownCurve(policy: string): TrainingSummary['curve'] | undefined {
  const directory = /model:([^(),]+)/.exec(policy)?.[1]?.trim()
  if (directory === undefined) return undefined
  const path = resolve(directory)
  try {
    const summary = readFileSync(join(dirname(path), 'summary.json'), 'utf8')
    const { training } = JSON.parse(summary) as Pick<RunSummary, 'training'>
    return training !== null && basename(training.model) === basename(path) ? training.curve : undefined
  } catch {
    return undefined // no run, or one without a summary: then there is one picture less
  }
}
