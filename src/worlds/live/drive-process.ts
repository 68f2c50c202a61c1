/** Carrying out a process in live time: the small counterpart of the virtual world's event loop. */
import type { CallStep, Process, Reply } from '../../core/index.ts'

/** How the steps of a process are carried out. Each `resume` is to be called once, or never if nobody cares any more. */
export interface StepActions {
  call(step: CallStep, resume: (reply: Reply) => void): void
  pause(ms: number, resume: () => void): void
  spawn(process: Process<void>): void
}

/** Lets `process` run to its end and then calls `done`. */
export function driveProcess<Result>(
  process: Process<Result>,
  actions: StepActions,
  done: (result: Result) => void,
): void {
  const advance = (input: Reply | undefined): void => {
    let next = process.next(input)
    while (next.done !== true) {
      const step = next.value
      if (step.kind === 'call') return actions.call(step, advance)
      if (step.kind === 'pause') return actions.pause(step.ms, () => advance(undefined))
      actions.spawn(step.process)
      next = process.next(undefined)
    }
    done(next.value)
  }
  advance(undefined)
}
