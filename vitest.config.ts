import { defineConfig } from 'vitest/config'

/**
 * Rooms without clocks, sockets and processes. Their tests share a process and what it has loaded: that takes less than
 * half of the time that a process per file takes.
 */
const PURE = ['core', 'stats', 'scenario', 'traffic', 'shop', 'routing', 'experience', 'learning']
const PURE_FILES = PURE.map((room) => `test/${room}/**/*.test.ts`)
/** What compares measured times with the truth wants the machine for itself: it runs when all else is done. */
const TIMED_FILES = ['test/worlds/live/honest-measurement.test.ts']

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
    projects: [
      { extends: true, test: { name: 'pure', include: PURE_FILES, isolate: false } },
      {
        extends: true,
        test: { name: 'apart', include: ['test/**/*.test.ts'], exclude: [...PURE_FILES, ...TIMED_FILES] },
      },
      { extends: true, test: { name: 'timed', include: TIMED_FILES, sequence: { groupOrder: 1 } } },
    ],
  },
})
