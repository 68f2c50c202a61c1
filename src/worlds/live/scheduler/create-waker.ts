/** A waker by its kind. */

import type { SchedulerKind } from '../../../scenario/index.ts'
import { AutoWaker } from './auto-waker.ts'
import { SpinWaker } from './spin-waker.ts'
import { ThreadWaker } from './thread-waker.ts'
import { TimerWaker } from './timer-waker.ts'
import type { WakerOf } from './waker.ts'

const thread: WakerOf = (now, wake) => new ThreadWaker(now, wake)
const timer: WakerOf = (now, wake) => new TimerWaker(now, wake)

const WAKERS: Readonly<Record<SchedulerKind, WakerOf>> = {
  auto: (now, wake) => new AutoWaker(now, wake, thread, timer),
  thread,
  timer,
  precise: (now, wake) => new SpinWaker(now, wake),
}

export function wakerOf(kind: SchedulerKind): WakerOf {
  return WAKERS[kind]
}
