/** The worlds: the only place with clocks and sockets. */

export * from './decision-statistics.ts'
export * from './live/clock.ts'
export * from './live/http-client.ts'
export * from './live/live-world.ts'
export * from './live/target.ts'
export * from './live/target-process.ts'
export * from './recording.ts'
export * from './routers.ts'
export * from './run-observer.ts'
export * from './virtual/event-queue.ts'
export * from './virtual/run-virtual.ts'
export * from './virtual/virtual-world.ts'
