/** Statistics: histograms, windows, moving averages, intervals. */
export * from './answer-window.ts'
export * from './ewma.ts'
export * from './histogram.ts'
export * from './intervals.ts'
export * from './trace-bound.ts'
