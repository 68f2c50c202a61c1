/**
 * What queueing theory says, for the tests that ask whether our stations obey it. Kleinrock, Queueing Systems,
 * vol. 1, 1975: M/M/c in section 3.5, loss in 3.6, M/G/1 in 5.6. Times in units of the mean service time.
 */

/** Erlang B: the share of arrivals that find all of `workers` busy and are lost, at an offered load of `load`. */
export function lossProbability(workers: number, load: number): number {
  let blocked = 1
  for (let k = 1; k <= workers; k++) blocked = (load * blocked) / (k + load * blocked)
  return blocked
}

/** Mean time in an M/M/c system, by Erlang C. */
export function timeInMMc(workers: number, utilization: number): number {
  const lost = lossProbability(workers, workers * utilization)
  const waits = lost / (1 - utilization * (1 - lost))
  return 1 + waits / (workers * (1 - utilization))
}

/** Mean time in an M/G/1 system (Pollaczek and Khinchine); `scv` is the squared coefficient of variation. */
export function timeInMG1(utilization: number, scv: number): number {
  return 1 + ((utilization / (1 - utilization)) * (1 + scv)) / 2
}

/** Share of the times in an M/M/1 system above `time`: they are exponential. */
export function tailOfMM1(utilization: number, time: number): number {
  return Math.exp(-(1 - utilization) * time)
}
