/** Progress of a study: a line per step, and what each step has to tell of itself. */
import type { StudyEvents, StudyPlan } from '../study/index.ts'
import { type RunProgress, runProgress } from './run-progress.ts'
import type { Terminal } from './terminal.ts'
import { epochLine } from './training-progress.ts'

/** Replays between two lines, where nothing can be drawn in place. */
const REPLAYS_PER_LINE = 20

export function studyProgress({ scenario }: StudyPlan, terminal: Terminal): StudyEvents {
  let run: RunProgress | undefined
  const { note, noteStyle } = terminal
  return {
    onStep: (text, done) => note(done ? noteStyle.dim(`${text}: done already`) : text),
    onRun: (nowMs, statistics) => {
      run ??= runProgress(scenario, terminal)
      run.update(nowMs, statistics)
    },
    onRunEnd: () => {
      run?.end()
      run = undefined
    },
    onEpoch: (report) => note(epochLine(report)),
    onReplay: (done, of) => {
      if (done === of || done % REPLAYS_PER_LINE === 0) note(noteStyle.dim(`  replay ${done} of ${of}`))
    },
    onProblem: (text) => note(noteStyle.warn(`warning: ${text}`)),
  }
}
