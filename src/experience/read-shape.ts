/** The cheap check of a parsed line: whether what a reader indexes into is there, and fits `dataset.json`. */
import type { DatasetDescription, ExperienceRecord, RecordedState } from './record.ts'

/**
 * What is wrong with a record, in words; undefined if nothing is.
 *
 * Lengths and types of containers are checked, single numbers are not: a reader that needs one finite checks it.
 */
export function shapeFault(record: ExperienceRecord, dataset: DatasetDescription): string | undefined {
  if (typeof record.run !== 'string') return 'run: expected text'
  if (!isNumber(record.decision)) return 'decision: expected a number'
  if (!isNumber(record.t)) return 't: expected a number'
  const rows = Object.hasOwn(dataset.services, record.service) ? dataset.services[record.service] : undefined
  if (rows === undefined) return `service: ${JSON.stringify(record.service)} is not in dataset.json`
  const stateFault = faultOfState(record.state, dataset, rows.length)
  if (stateFault !== undefined) return `state.${stateFault}`
  const actionFault = faultOfAction(
    record,
    dataset.observedBy === 'client' ? rows.length : record.state.instances.length,
  )
  if (actionFault !== undefined) return actionFault
  if (record.next === undefined) return 'next: missing'
  if (record.next === null) return undefined
  if (!isNumber(record.next.dtMs)) return 'next.dtMs: expected a number'
  const nextFault = faultOfState(record.next, dataset, rows.length)
  return nextFault === undefined ? undefined : `next.${nextFault}`
}

/** @param there instances that may have been chosen: a client learns of some only by the answer */
function faultOfAction({ action, propensity }: ExperienceRecord, there: number): string | undefined {
  // Null says that it is not known, which is not the same as a field that is missing.
  if (action !== null) {
    const index = action?.index
    if (!Number.isInteger(index) || index < 0 || index >= there) {
      return `action.index: expected an integer from 0 to ${there - 1}, got ${JSON.stringify(index)}`
    }
  }
  if (propensity !== null && !Array.isArray(propensity)) return 'propensity: expected a list or null'
  return undefined
}

function faultOfState(
  state: RecordedState | undefined,
  dataset: DatasetDescription,
  rows: number,
): string | undefined {
  if (!Array.isArray(state?.context)) return 'context: expected a list'
  if (state.context.length !== dataset.contextFeatures.length) {
    return `context: expected ${dataset.contextFeatures.length} numbers, got ${state.context.length}`
  }
  if (!Array.isArray(state.instances)) return 'instances: expected a list'
  // Instances that were added in mid-run have no rows before.
  if (state.instances.length > rows) {
    return `instances: expected at most ${rows} rows, got ${state.instances.length}`
  }
  const width = dataset.instanceFeatures.length
  for (let i = 0; i < state.instances.length; i++) {
    const row: unknown = state.instances[i]
    if (row === null) continue
    if (!Array.isArray(row) || row.length !== width)
      return `instances[${i}]: expected null or ${width} numbers`
  }
  return undefined
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
