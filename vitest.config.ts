import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * What needs no clocks, sockets and processes. These tests share a process for each core, and what it has loaded: that
 * takes less than half of the time that a process per file takes.
 */
const PURE = [
  ...['core', 'stats', 'scenario', 'traffic', 'shop', 'routing', 'experience', 'learning'],
  ...['contracts', 'theory'],
]
const PURE_FILES = PURE.map((folder) => `test/${folder}/**/*.test.ts`)
/** What compares measured times with the truth wants the machine for itself: it runs when all else is done. */
const TIMED_FILES = ['test/worlds/live/honest-measurement.test.ts']

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: PURE_FILES,
          isolate: false,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      // One at a time: they start processes of their own, and wait for them.
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts'],
          exclude: [...PURE_FILES, ...TIMED_FILES],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'timed', include: TIMED_FILES, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
