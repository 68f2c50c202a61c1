/** Progress of a run: one bar per phase on a terminal, a line now and then elsewhere. */
import { MultiBar, type SingleBar } from 'cli-progress'
import { formatDuration, formatMs, formatPercent, formatRate } from '../report/index.ts'
import type { Scenario } from '../scenario/index.ts'
import type { RunningStatistics } from '../study/index.ts'
import type { Terminal } from './terminal.ts'

const REDRAW_MS = 200
const LINE_MS = 5_000
const FORMAT = '{name} [{bar}] {percentage}%  {users} users  {rate}  {errors} errors  p95 {p95}'

export interface RunProgress {
  update(nowMs: number, statistics: RunningStatistics): void
  /** Leaves the terminal as it was. May be called more than once. */
  end(): void
}

export function runProgress(scenario: Scenario, terminal: Terminal): RunProgress {
  return terminal.interactive ? new PhaseBars(scenario) : new PlainLines(scenario, terminal)
}

class PhaseBars implements RunProgress {
  readonly #scenario: Scenario
  readonly #end = (): void => this.end()
  #multi: MultiBar | undefined
  #bars: SingleBar[] = []
  #drawnAtMs = 0
  #last: (() => void) | undefined

  constructor(scenario: Scenario) {
    this.#scenario = scenario
  }

  /** Only when there is something to show: from then on a timer redraws, and keeps the process there until `end`. */
  #open(): void {
    const multi = new MultiBar({
      stream: process.stderr,
      format: FORMAT,
      barsize: 24,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      autopadding: true,
      gracefulExit: false,
    })
    const { phases } = this.#scenario
    const width = Math.max(...phases.map((phase) => phase.name.length))
    this.#bars = phases.map((phase) => {
      const payload = { name: phase.name.padEnd(width), users: 0, rate: formatRate(0), errors: '-', p95: '-' }
      return multi.create(phase.durationMs, 0, payload)
    })
    this.#multi = multi
    process.once('exit', this.#end) // a second Ctrl-C must give the cursor back, too
  }

  update(nowMs: number, statistics: RunningStatistics): void {
    this.#last = () => this.#draw(nowMs, statistics)
    if (performance.now() - this.#drawnAtMs < REDRAW_MS) return
    this.#last()
  }

  end(): void {
    this.#last?.()
    this.#multi?.stop()
    this.#multi = undefined
    process.off('exit', this.#end)
  }

  #draw(nowMs: number, statistics: RunningStatistics): void {
    if (this.#multi === undefined) this.#open()
    this.#drawnAtMs = performance.now()
    this.#last = undefined
    for (const [i, phase] of this.#scenario.phases.entries()) {
      const elapsedMs = Math.min(nowMs - phase.startMs, phase.durationMs)
      if (elapsedMs <= 0) continue
      const { counts } = statistics.phases[i]!
      this.#bars[i]!.update(elapsedMs, {
        users: statistics.usersIn(i),
        rate: formatRate((counts.requests * 1000) / elapsedMs),
        errors: formatPercent(counts.errorRate),
        p95: formatMs(counts.latency.quantile(0.95)),
      })
    }
  }
}

class PlainLines implements RunProgress {
  readonly #scenario: Scenario
  readonly #terminal: Terminal
  #saidAtMs = performance.now()

  constructor(scenario: Scenario, terminal: Terminal) {
    this.#scenario = scenario
    this.#terminal = terminal
  }

  update(nowMs: number, statistics: RunningStatistics): void {
    if (performance.now() - this.#saidAtMs < LINE_MS) return
    this.#saidAtMs = performance.now()
    const active = this.#scenario.phases
      .filter((phase) => phase.startMs <= nowMs && nowMs < phase.startMs + phase.durationMs)
      .map((phase) => phase.name)
    const { total, users } = statistics
    this.#terminal.note(
      `${formatDuration(nowMs)}  ${active.join(' + ')}  ${users} users  ${total.requests} requests  ` +
        `${formatPercent(total.errorRate)} errors  p95 ${formatMs(total.latency.quantile(0.95))}`,
    )
  }

  end(): void {}
}
