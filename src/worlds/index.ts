/** The worlds: the only place with clocks and sockets. */
export * from './recording.ts'
export * from './routers.ts'
export * from './run-observer.ts'
export * from './virtual/event-queue.ts'
export * from './virtual/run-virtual.ts'
export * from './virtual/virtual-world.ts'
