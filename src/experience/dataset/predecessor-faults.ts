/** What is wrong with a single line of the predecessor's file, or would end its trainer. */
import { METRICS, type PredecessorLine, type PredecessorState, timeOf } from './predecessor.ts'

export interface Fault {
  /** Kebab-case name of the kind. */
  readonly fault: string
  readonly detail: string
}

/** The faults of a line; and the line itself, unless it cannot be used at all. */
export function predecessorFaults(text: string, ended: boolean): { line?: PredecessorLine; faults: Fault[] } {
  const { value, fault } = parsed(text, ended)
  if (fault !== undefined) return { faults: [fault] }
  const line = value as PredecessorLine
  const fatal = fatalFault(line)
  if (fatal !== undefined) return { faults: [fatal] }
  return { line, faults: [...metricFaults(line), ...timeFaults(line)] }
}

/** JSON of a line; the marks of other tools (NaN, a byte-order mark) are named. */
export function parsed(text: string, ended: boolean): { value?: unknown; fault?: Fault } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const { message } = error as Error
    if (text.startsWith('\uFEFF'))
      return { fault: { fault: 'garbage', detail: 'a byte-order mark: save as UTF-8 without it' } }
    if (/[:,[]\s*-?(NaN|Infinity)\b/.test(text)) {
      return {
        fault: {
          fault: 'not-finite',
          detail: 'NaN or Infinity: no JSON, and it would poison every sum; write null',
        },
      }
    }
    if (!ended) return { fault: { fault: 'torn', detail: 'the last line is cut off' } }
    return { fault: { fault: 'garbage', detail: message } }
  }
}

/** Whether a parsed line is meant to be the predecessor's. */
export function isPredecessors(value: unknown): boolean {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  return (
    keys.includes('state') && !keys.includes('v') && (keys.includes('next_state') || keys.includes('reward'))
  )
}

function fatalFault(line: PredecessorLine): Fault | undefined {
  if (!isPredecessors(line))
    return { fault: 'foreign', detail: 'neither a record of ours nor of the predecessor' }
  if (typeof line.action !== 'string') {
    return {
      fault: 'no-action',
      detail: `action: expected the name of an instance, got ${JSON.stringify(line.action)}`,
    }
  }
  if (typeof line.reward !== 'number') {
    return { fault: 'no-reward', detail: `reward: expected a number, got ${JSON.stringify(line.reward)}` }
  }
  for (const field of ['state', 'next_state'] as const) {
    const state = line[field] as PredecessorState | null | undefined
    if (typeof state?.metrics !== 'object' || state.metrics === null) {
      return { fault: 'shape', detail: `${field}.metrics: expected an object of instances` }
    }
    const odd = Object.entries(state.metrics).find(
      ([, metrics]) => typeof metrics !== 'object' || metrics === null,
    )
    if (odd !== undefined) return { fault: 'shape', detail: `${field}.metrics.${odd[0]}: expected an object` }
    if (Number.isNaN(timeOf(state.timestamp))) {
      return {
        fault: 'time',
        detail: `${field}.timestamp: expected ISO 8601, got ${JSON.stringify(state.timestamp)}`,
      }
    }
  }
  return undefined
}

function metricFaults({ state, action }: PredecessorLine): Fault[] {
  const faults: Fault[] = []
  const pods = Object.entries(state.metrics)
  if (!Object.hasOwn(state.metrics, action)) {
    faults.push({
      fault: 'unknown-instance',
      detail: `action ${action}: nothing is known of it in state.metrics`,
    })
  }
  for (const [pod, metrics] of pods) {
    const absent = METRICS.filter(({ name }) => metrics[name] === undefined).map(({ name }) => name)
    if (absent.length > 0) {
      faults.push({
        fault: 'missing-metric',
        detail: `state.metrics.${pod}: no ${absent.join(', ')}: its trainer takes 0`,
      })
    }
    const odd = METRICS.find(
      ({ name, most }) => typeof metrics[name] === 'number' && !(metrics[name] >= 0 && metrics[name] <= most),
    )
    if (odd !== undefined) {
      faults.push({ fault: 'out-of-range', detail: `state.metrics.${pod}.${odd.name}: ${metrics[odd.name]}` })
    }
  }
  return faults
}

function timeFaults({ state, next_state: next }: PredecessorLine): Fault[] {
  const faults: Fault[] = []
  if (typeof state.timestamp === 'number' && state.timestamp > 1e11) {
    faults.push({
      fault: 'time',
      detail: 'state.timestamp: milliseconds: its trainer reads seconds, and leaves the line out',
    })
  }
  if (timeOf(next.timestamp) < timeOf(state.timestamp)) {
    faults.push({ fault: 'time-backwards', detail: 'next_state.timestamp: before state.timestamp' })
  }
  return faults
}
