/**
 * What a kind of executor is: the plan of a phase as pure functions of its settings, the seed and the number of the
 * phase. No clock, no target, no process has a say in them.
 */
import type { Listed, Random } from '../../core/index.ts'
import type {
  Executor,
  ExecutorParameter,
  IterationExecutor,
  LevelExecutor,
  OpenExecutor,
} from '../../scenario/index.ts'

interface KindOf<Kind extends Executor> extends Listed {
  readonly name: Kind['kind']
  /** k6's name, and who else has it. */
  readonly knownAs: string
  readonly parameters: readonly ExecutorParameter[]
  /** The same executor with `factor` times the load. */
  scaled(executor: Kind, factor: number): Kind
}

/** What start times may depend on besides the executor. */
export interface StartSetting {
  readonly durationMs: number
  /** The random stream `<name>/<phase>` of the seed. */
  readonly stream: (name: string) => Random
  /** The key of `<seed>/<name>/<phase>`, for draws that are looked up. */
  readonly key: (name: string) => number
}

/** Sessions start at given times, whatever becomes of them. */
export interface OpenKind<Kind extends OpenExecutor = OpenExecutor> extends KindOf<Kind> {
  readonly model: 'open'
  /** In ms from the start of the phase: in order, from 0 to below its length, made one by one. */
  starts(executor: Kind, setting: StartSetting): Iterator<number>
  /** How many there are on average within so much time from the start of the phase. */
  expectedStarts(executor: Kind, durationMs: number): number
  /** The highest rate per second that the phase comes to, but for what is drawn at random. */
  peakRate(executor: Kind, durationMs: number): number
}

/** From this time of the phase on, so many users are wanted. */
export interface Level {
  readonly sinceStartMs: number
  readonly users: number
}

/** Users are held at given numbers; each begins the next session when one ends. */
export interface LevelKind<Kind extends LevelExecutor = LevelExecutor> extends KindOf<Kind> {
  readonly model: 'closed'
  /**
   * In the order of time, within the phase; its end needs none.
   *
   * @param takenOver users that come from phases which end when this one starts
   */
  levels(executor: Kind, durationMs: number, takenOver: number): Iterable<Level>
}

/** Users come once, and have so many sessions to go through. */
export interface IterationKind<Kind extends IterationExecutor = IterationExecutor> extends KindOf<Kind> {
  readonly model: 'closed'
  /** Sessions of all users together. */
  sessions(executor: Kind): number
}

export type ExecutorKind = OpenKind | LevelKind | IterationKind
