/** The traces of a scenario: read before its phases are resolved, since how long those last may be up to them. */
import path from 'node:path'
import { ConfigError } from '../../core/index.ts'
import { executorSchemas } from '../executor-schema.ts'
import type { Problems } from '../problems.ts'
import type { Phase } from '../scenario.ts'
import type { SourceDocument } from '../source-document.ts'
import { openTrace } from './load-trace.ts'
import type { TraceReference } from './trace.ts'

/** By place of the phase. */
export type PhaseTraces = ReadonlyMap<number, TraceReference>

export const NO_TRACES: PhaseTraces = new Map()

/** Reads the trace of every phase that replays one; those that cannot be read are filed as problems. */
export function readTraces(
  document: SourceDocument,
  problems: Problems,
): { readonly traces: PhaseTraces; readonly warnings: string[] } {
  const traces = new Map<number, TraceReference>()
  const warnings = new Set<string>()
  for (const [i, phase] of document.itemsAt(['phases']).entries()) {
    const executor = executorSchemas['trace-replay'].safeParse(document.at([...phase, 'executor']))
    if (!executor.success) continue
    const { file, format } = executor.data
    const use = document.keysAt([...phase, 'behaviors']).length === 0 ? 'requests' : 'sessions'
    try {
      const read = openTrace(path.resolve(path.dirname(document.file), file), { format, use })
      traces.set(i, read.reference)
      for (const warning of read.warnings) warnings.add(warning)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.add(document, [...phase, 'executor', 'file'], error.message)
    }
  }
  return { traces, warnings: [...warnings] }
}

/** Warnings of traces that are longer than their phases. */
export function cutTraces(phases: readonly Phase[]): string[] {
  return phases.flatMap(({ name, durationMs, executor }) => {
    if (executor.kind !== 'trace-replay') return []
    const beyondMs = executor.trace.durationMs / executor.speed - durationMs
    if (beyondMs < 0) return []
    return [
      `phase "${name}" ends before its trace, which goes on for another ${Math.ceil(beyondMs / 1000)} s: that is left out`,
    ]
  })
}
