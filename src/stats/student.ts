/**
 * Student's t distribution: quantiles for intervals, and tails for tests.
 *
 * Quantiles: the finite sums of Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. Tails: the
 * incomplete beta function, A&S 26.7.1 with the continued fraction of 26.5.8, evaluated by Lentz's method; unlike one
 * minus the finite sums, it keeps its digits where the tail is thin.
 */

/** Of Lentz's method: far more than it ever takes here, and far less than any digit that counts. */
const MOST_STEPS = 500
const PRECISION = 1e-15
const TINY = 1e-300

/**
 * Quantile of Student's t distribution, to about 1e-12.
 *
 * @param probability between 0 and 1, both excluded
 * @param degreesOfFreedom an integer, 1 or above
 */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`t quantile: a probability is above 0 and below 1, got ${probability}`)
  }
  requireDegrees('t quantile', degreesOfFreedom)
  if (probability < 0.5) return -studentQuantile(1 - probability, degreesOfFreedom)
  // Bisection over the angle theta = atan(t / sqrt(df)), which is bounded where t is not.
  const within = 2 * probability - 1
  let low = 0
  let high = Math.PI / 2
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (probabilityWithin(middle, degreesOfFreedom) < within) low = middle
    else high = middle
  }
  return Math.tan((low + high) / 2) * Math.sqrt(degreesOfFreedom)
}

/**
 * P(|T| >= |t|): the two-sided p-value of a t statistic, to about 1e-12 of itself.
 *
 * @param t any number, infinities included
 * @param degreesOfFreedom an integer, 1 or above
 */
export function studentTails(t: number, degreesOfFreedom: number): number {
  requireDegrees('t tails', degreesOfFreedom)
  if (Number.isNaN(t)) throw new RangeError('t tails: expected a number, got NaN')
  if (!Number.isFinite(t)) return 0
  const whole = degreesOfFreedom + t * t
  return incompleteBeta(degreesOfFreedom / whole, (t * t) / whole, degreesOfFreedom / 2, 0.5)
}

/** P(T <= t). */
export function studentCdf(t: number, degreesOfFreedom: number): number {
  const tails = studentTails(t, degreesOfFreedom)
  return t < 0 ? tails / 2 : 1 - tails / 2
}

/** P(|T| <= t) where t = tan(theta) * sqrt(df): the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4. */
function probabilityWithin(theta: number, degreesOfFreedom: number): number {
  const cosine = Math.cos(theta)
  const odd = degreesOfFreedom % 2 === 1
  let term = odd ? cosine : 1
  let sum = degreesOfFreedom === 1 ? 0 : term
  for (let power = odd ? 3 : 2; power <= degreesOfFreedom - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power
    sum += term
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum
}

/** The regularized incomplete beta function I_x(a, b). @param rest 1 - x, where x may be too near to 1 to tell */
function incompleteBeta(x: number, rest: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (rest <= 0) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(rest))
  // The fraction converges fast below the mean of the distribution; above it, the other tail does.
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a
  return 1 - (front * betaFraction(rest, b, a)) / b
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / awayFromZero(1 + even * d)
    c = awayFromZero(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / awayFromZero(1 + odd * d)
    c = awayFromZero(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < PRECISION) break
  }
  return fraction
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

/** Of multiples of 1/2 that are above 0, by the recurrence from Gamma(1) and Gamma(1/2): exact but for rounding. */
function logGamma(value: number): number {
  let log = Number.isInteger(value) ? 0 : Math.log(Math.PI) / 2
  for (let at = Number.isInteger(value) ? 1 : 0.5; at < value; at++) log += Math.log(at)
  return log
}

function requireDegrees(what: string, degreesOfFreedom: number): void {
  if (Number.isInteger(degreesOfFreedom) && degreesOfFreedom >= 1) return
  throw new RangeError(`${what}: degrees of freedom are 1, 2, 3, ..., got ${degreesOfFreedom}`)
}
