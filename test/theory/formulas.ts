/**
 * What queueing theory says, for the tests that ask whether our stations obey it. Kleinrock, Queueing Systems,
 * vol. 1, 1975: M/M/c in section 3.5, loss in 3.6, finite population in 3.8, M/G/1 in 5.6; processor sharing in
 * vol. 2, 1976, section 4.4. Times in units of the mean service time.
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

/** Mean time of a job of this size in an M/G/1 system under processor sharing, whatever the distribution. */
export function timeUnderSharing(utilization: number, size = 1): number {
  return size / (1 - utilization)
}

/** Mean time among infinitely many M/M/1 queues of which each job takes the shorter of two (Mitzenmacher 2001). */
export function timeByTwoChoices(utilization: number): number {
  let time = 0
  for (let i = 1; i < 30; i++) time += utilization ** (2 ** i - 2)
  return time
}

/** Completions per unit of time at a station with `users` who think for `think` (exponential) between requests. */
export function closedLoopThroughput(users: number, think: number, workers = 1, speed = 1): number {
  // Birth and death: of n users at the station min(n, workers) are served, and users - n come back.
  let term = 1
  let sum = 1
  let served = 0
  for (let n = 1; n <= users; n++) {
    const rate = Math.min(n, workers) * speed
    term *= (users - n + 1) / think / rate
    sum += term
    served += term * rate
  }
  return served / sum
}
