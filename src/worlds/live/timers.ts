/** Timers that can be as long as one likes, and that all end together with whoever set them. */

/** The longest delay that `setTimeout` takes: with a longer one it fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** One timer that is set. Its handle changes when a long delay goes on. */
export interface Timer {
  handle: NodeJS.Timeout
}

export class Timers {
  readonly #set = new Set<Timer>()

  /** Carries out `action` in `delayMs`, or up to a millisecond earlier: so does `setTimeout`. Infinity is never. */
  after(delayMs: number, action: () => void): Timer {
    const timer = {} as Timer
    const wait = (leftMs: number): void => {
      timer.handle = setTimeout(
        () => {
          if (leftMs > MAX_TIMER_MS) return wait(leftMs - MAX_TIMER_MS)
          this.#set.delete(timer)
          action()
        },
        Math.min(leftMs, MAX_TIMER_MS),
      )
    }
    wait(delayMs)
    this.#set.add(timer)
    return timer
  }

  /** Nothing happens if it has fired already. */
  cancel(timer: Timer): void {
    clearTimeout(timer.handle)
    this.#set.delete(timer)
  }

  cancelAll(): void {
    for (const timer of this.#set) clearTimeout(timer.handle)
    this.#set.clear()
  }
}
