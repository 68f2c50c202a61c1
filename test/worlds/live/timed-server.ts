/**
 * A server in a process of its own that knows when each request came and when it was answered: the truth that a load
 * generator is measured against. It speaks as little HTTP as GET needs, so that it is never the slower one of the two.
 *
 * Forked by `timed-target.ts`. Its orders come by messages: `Stalls` and `Delays` while it runs, then `log`.
 */
import { createServer, type Socket } from 'node:net'

/** Does nothing at all in these times, as if the process was stopped. */
export interface Stalls {
  readonly kind: 'stalls'
  /** In ms since the epoch. */
  readonly atEpochMs: readonly number[]
  readonly lengthMs: number
}

/** Answers so long after a request came; every n-th one slower. */
export interface Delays {
  readonly kind: 'delays'
  readonly usualMs: number
  readonly slowMs: number
  readonly everyNth: number
}

export type Order = Stalls | Delays | { readonly kind: 'log' }

const REPLY = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
/** Longer than this no log is kept: it is for a few thousand requests. */
const MOST_LOGGED = 100_000

const durationsMs: number[] = []
let delays: Delays | undefined
let requests = 0

function serve(socket: Socket): void {
  socket.setNoDelay(true)
  socket.on('error', () => {})
  let open = ''
  socket.on('data', (data) => {
    const cameMs = performance.now()
    open += data.toString('latin1')
    for (let end = open.indexOf('\r\n\r\n'); end !== -1; end = open.indexOf('\r\n\r\n')) {
      open = open.slice(end + 4)
      answer(socket, cameMs)
    }
  })
}

function answer(socket: Socket, cameMs: number): void {
  requests++
  const delayMs = delays === undefined ? 0 : requests % delays.everyNth === 0 ? delays.slowMs : delays.usualMs
  if (delayMs === 0) return write(socket, cameMs)
  setTimeout(() => write(socket, cameMs), delayMs)
}

function write(socket: Socket, cameMs: number): void {
  socket.write(REPLY)
  if (durationsMs.length < MOST_LOGGED) durationsMs.push(performance.now() - cameMs)
}

function stall(lengthMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lengthMs)
}

process.on('message', (order: Order) => {
  if (order.kind === 'log') process.send!({ requests, durationsMs })
  else if (order.kind === 'delays') delays = order
  else {
    const { atEpochMs, lengthMs } = order
    for (const atMs of atEpochMs) {
      setTimeout(() => stall(lengthMs), atMs - performance.timeOrigin - performance.now())
    }
  }
})
process.on('disconnect', () => process.exit())

const server = createServer(serve).listen(0, '127.0.0.1', () => process.send!(server.address()))
