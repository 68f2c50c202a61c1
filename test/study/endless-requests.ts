/** A program that logs requests into the file it is given until it is killed. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { RequestLog } from '../../src/study/request-log.ts'
import { finishedRequest } from './finished-request.ts'

const log = new RequestLog(process.argv[2]!, { phases: [{ name: 'peak' }] })

for (let session = 0; ; session++) {
  log.add(finishedRequest({ session }))
  if (session % 1000 === 999) {
    log.flush()
    await nextTurn()
    // Some are always on their way, so that a kill finds the thread and the disk at work.
    if (log.backlogBytes > 8_000_000) await log.drained()
  }
}
