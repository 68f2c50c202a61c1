/** Ctrl-C and SIGTERM: the first ends the work in good order, the second ends it at once. */
import { EXIT_INTERRUPTED } from '../core/index.ts'

export interface Interrupt {
  readonly signal: AbortSignal
  /** Leaves the signals to Node's own handling again. */
  release(): void
}

/** @param onFirst says what happens now */
export function catchInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED)
    controller.abort()
    onFirst()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
