/**
 * The helper thread of `ThreadWaker`: sleeps until the alarm, says so, and sleeps on. It costs nothing while no alarm
 * is set. `Atomics.wait` waits by a futex, to some 60 microseconds; a timer of the event loop knows milliseconds only.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { CLOSED, IDLE, leftUntil } from './alarm-cell.ts'

const cell = workerData as Int32Array<SharedArrayBuffer>

parentPort!.postMessage('ready')
for (let alarm = Atomics.load(cell, 0); alarm !== CLOSED; alarm = Atomics.load(cell, 0)) {
  const leftMicroseconds = alarm === IDLE ? Number.POSITIVE_INFINITY : leftUntil(alarm)
  if (leftMicroseconds > 0) Atomics.wait(cell, 0, alarm, leftMicroseconds / 1000)
  // Who sets another alarm in the meantime is not told of this one.
  else if (Atomics.compareExchange(cell, 0, alarm, IDLE) === alarm) parentPort!.postMessage('due')
}
