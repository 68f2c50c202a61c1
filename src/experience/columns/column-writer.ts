/** Fills a batch of columns, from records as `JSON.parse` gives them or by the scanner that reads bytes. */
import { REWARD_PARTS } from '../../core/index.ts'
import type { DatasetDescription, ExperienceRecord, RecordedState } from '../record.ts'
import {
  BYTE_COLUMNS,
  type ColumnBatch,
  type Columns,
  type ColumnWidths,
  FLAGS,
  FLOAT_COLUMNS,
  INTEGER_COLUMNS,
} from './column-batch.ts'
import { GrowingNumbers } from './growing-numbers.ts'
import { TextTable } from './text-table.ts'

const UNKNOWN = -1
const TRACE = /^[0-9a-f]{32}$/

type Growing = {
  readonly [Name in keyof Columns]: GrowingNumbers<Columns[Name]>
}

const STARTS = ['instanceStart', 'nextInstanceStart', 'propensityStart', 'strategyPropensityStart'] as const

export class ColumnWriter {
  readonly widths: ColumnWidths
  readonly texts = new TextTable()
  readonly columns: Growing
  readonly #services: ReadonlyMap<string, number>
  rows = 0

  constructor(dataset: DatasetDescription) {
    this.widths = { context: dataset.contextFeatures.length, instance: dataset.instanceFeatures.length }
    this.#services = new Map(Object.keys(dataset.services).map((service, i) => [service, i]))
    this.columns = Object.fromEntries<unknown>([
      ...FLOAT_COLUMNS.map(
        (name) => [name, new GrowingNumbers((length) => new Float64Array(length))] as const,
      ),
      ...INTEGER_COLUMNS.map(
        (name) => [name, new GrowingNumbers((length) => new Int32Array(length))] as const,
      ),
      ...BYTE_COLUMNS.map((name) => [name, new GrowingNumbers((length) => new Uint8Array(length))] as const),
    ]) as Growing
    this.clear()
  }

  clear(): void {
    for (const column of Object.values(this.columns)) column.length = 0
    for (const name of STARTS) this.columns[name].push(0)
    this.rows = 0
  }

  /** The rows so far. */
  batch(): ColumnBatch {
    const entries = Object.entries(this.columns).map(([name, column]) => [name, column.filled])
    const columns = Object.fromEntries(entries) as Columns
    return { rows: this.rows, widths: this.widths, texts: this.texts.texts, columns }
  }

  /** Appends a record that fits `dataset.json`. Whatever should be a number and is none is not known. */
  append(record: ExperienceRecord, line: number): void {
    const { columns, texts } = this
    columns.line.push(line)
    columns.decision.push(record.decision)
    columns.timeMs.push(record.t)
    columns.hop.push(typeof record.hop === 'number' ? record.hop : UNKNOWN)
    this.#trace(record.trace)
    columns.phase.push(this.#text(record.phase))
    columns.profile.push(this.#text(record.profile))
    columns.service.push(this.#services.get(record.service)!)
    columns.route.push(this.#text(record.route))
    this.#state(record.state, 'context', 'instances', 'known', 'instanceStart')
    columns.action.push(record.action?.index ?? UNKNOWN)
    columns.strategy.push(record.action?.strategy?.index ?? UNKNOWN)
    this.#list('propensity', 'propensityStart', record.propensity)
    this.#list('strategyPropensity', 'strategyPropensityStart', record.strategyPropensity)
    columns.policyId.push(record.policy == null ? UNKNOWN : texts.numberOf(String(record.policy.id)))
    columns.policyVersion.push(
      record.policy == null ? UNKNOWN : texts.numberOf(String(record.policy.version)),
    )
    this.#outcome(record)
    columns.dtMs.push(record.next?.dtMs ?? Number.NaN)
    const nothing = { context: [], instances: [] }
    this.#state(record.next ?? nothing, 'nextContext', 'nextInstances', 'nextKnown', 'nextInstanceStart')
    columns.flags.push(flagsOf(record))
    this.rows++
  }

  #outcome({ outcome, rewards, reward }: ExperienceRecord): void {
    const { columns } = this
    columns.status.push(outcome == null ? UNKNOWN : numberOr(outcome.status, 0))
    columns.latencyMs.push(known(outcome?.latencyMs))
    columns.queueMs.push(known(outcome?.queueMs))
    columns.workMs.push(known(outcome?.workMs))
    columns.failure.push(this.#text(outcome?.failure ?? null))
    columns.retryOf.push(known(outcome?.retryOf))
    for (const part of REWARD_PARTS) columns.rewards.push(known(rewards?.[part]))
    columns.reward.push(known(reward))
  }

  #state(
    state: RecordedState,
    context: 'context' | 'nextContext',
    instances: 'instances' | 'nextInstances',
    present: 'known' | 'nextKnown',
    start: 'instanceStart' | 'nextInstanceStart',
  ): void {
    const { columns, widths } = this
    for (let f = 0; f < widths.context; f++) columns[context].push(known(state.context[f]))
    for (const row of state.instances) {
      columns[present].push(row === null ? 0 : 1)
      for (let f = 0; f < widths.instance; f++) columns[instances].push(known(row?.[f]))
    }
    columns[start].push(columns[present].length)
  }

  #list(
    values: 'propensity' | 'strategyPropensity',
    start: 'propensityStart' | 'strategyPropensityStart',
    list: readonly number[] | null | undefined,
  ): void {
    if (Array.isArray(list)) for (const value of list) this.columns[values].push(known(value))
    this.columns[start].push(this.columns[values].length)
  }

  #trace(trace: unknown): void {
    const known = typeof trace === 'string' && TRACE.test(trace)
    const bytes = known ? Buffer.from(trace, 'hex') : Buffer.alloc(16)
    for (const byte of bytes) this.columns.trace.push(byte)
  }

  #text(text: string | null): number {
    return typeof text === 'string' ? this.texts.numberOf(text) : UNKNOWN
  }
}

function flagsOf(record: ExperienceRecord): number {
  return (
    (record.done ? FLAGS.done : 0) |
    (record.truncated ? FLAGS.truncated : 0) |
    (record.propensity === null ? 0 : FLAGS.propensity) |
    (record.propensityEstimated === true ? FLAGS.propensityEstimated : 0) |
    (record.outcome == null ? 0 : FLAGS.outcome) |
    (record.next === null ? 0 : FLAGS.next)
  )
}

function known(value: unknown): number {
  return numberOr(value, Number.NaN)
}

function numberOr(value: unknown, other: number): number {
  return typeof value === 'number' ? value : other
}
