/** The part of a plan that tells how the sessions of a phase start. */
import { basename } from 'node:path'
import type { Executor } from '../scenario/index.ts'
import { formatCount, formatDuration, formatPercent } from './format.ts'

/** `20 users`, `5 to 20 sessions/s in 3 stages`. */
export function loadText(executor: Executor): string {
  switch (executor.kind) {
    case 'constant-users':
      return formatCount(executor.users, 'user')
    case 'ramping-users': {
      const levels = executor.stages.map(({ users }) => users)
      return `${throughStages(executor.startUsers, levels)} users`
    }
    case 'per-user-iterations':
      return `${formatCount(executor.users, 'user')} x ${formatCount(executor.iterations, 'session')}`
    case 'shared-iterations':
      return `${formatCount(executor.iterations, 'session')} by ${formatCount(executor.users, 'user')}`
    case 'constant-arrival-rate':
      return `${executor.sessionsPerSecond} sessions/s, evenly spaced`
    case 'ramping-arrival-rate': {
      const rates = executor.stages.map(({ sessionsPerSecond }) => sessionsPerSecond)
      return `${throughStages(executor.startSessionsPerSecond, rates)} sessions/s`
    }
    case 'poisson-arrivals':
      return `${executor.sessionsPerSecond} sessions/s`
    case 'bursty-arrivals': {
      const { quietSessionsPerSecond, burstSessionsPerSecond, meanQuietMs, meanBurstMs } = executor
      const lengths = `${formatDuration(meanQuietMs)} / ${formatDuration(meanBurstMs)}`
      return `${quietSessionsPerSecond} / ${burstSessionsPerSecond} sessions/s for about ${lengths}`
    }
    case 'diurnal-arrivals': {
      const { meanSessionsPerSecond, amplitude, periodMs } = executor
      return `${meanSessionsPerSecond} sessions/s +-${formatPercent(amplitude, 0)} in ${formatDuration(periodMs)}`
    }
    case 'flash-crowd': {
      const { baseSessionsPerSecond, spikeFactor } = executor
      return `${baseSessionsPerSecond} sessions/s, crowd x${spikeFactor}`
    }
    case 'trace-replay': {
      const { trace, speed, factor } = executor
      const what = formatCount(
        Math.round(trace.starts * factor),
        trace.use === 'sessions' ? 'session' : 'request',
      )
      return `${what} of ${basename(trace.file)}${speed === 1 ? '' : `, ${speed}x as fast`}`
    }
  }
}

/** Time in which the load grows from nothing, in words; of a crowd, until its peak. */
export function rampText(executor: Executor): string {
  if ('stages' in executor) return formatCount(executor.stages.length, 'stage')
  const rampMs =
    'rampUpMs' in executor ? executor.rampUpMs : executor.kind === 'flash-crowd' ? executor.riseMs : 0
  return rampMs > 0 ? formatDuration(rampMs) : 'none'
}

function throughStages(start: number, targets: readonly number[]): string {
  const all = [start, ...targets]
  return all.length <= 5 ? all.join(' > ') : `${start} > ... > ${targets.at(-1)}, at most ${Math.max(...all)}`
}
