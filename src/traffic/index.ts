/** Traffic: from phases to users, from behaviours to sessions. Free of clocks and I/O. */
export * from './accounts.ts'
export * from './arrivals.ts'
export * from './client-policy.ts'
export * from './crowd.ts'
export * from './expected-load.ts'
export * from './intent.ts'
export * from './session.ts'
export * from './user-levels.ts'
