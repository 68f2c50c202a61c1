/**
 * What the routes of one service cost, as their answers tell: the work that a request of a route is expected to be, and
 * which share of all the work comes from cheaper routes.
 *
 * The share is what size-interval task assignment goes by (SITA-E; Harchol-Balter, Crovella and Murta, On choosing a
 * task assignment policy for a distributed server system, 1999): routes in the order of their cost, each with as much
 * of the fleet as it needs. Work is what the instance told with its answer, or the latency where it told nothing.
 */
import { quantize } from './features.ts'

/** A mean over at most so many answers, so that it follows a route whose cost changes. */
const MOST_ANSWERS = 200
/** Counts of requests are halved when there are so many: what is long ago counts less. */
const HALVE_AT = 2048
/** What is said of routes is worked out anew after so many decisions: it changes slowly. */
const REFRESH_EVERY = 64

export class RouteWork {
  /** Place of a route in the columns below by the index of its route class; -1 if it did not come yet. */
  #placeOf = new Int32Array(0)
  /** Of the answers so far; `#expectedMs` is what was made of it at the last refresh. */
  readonly #meanMs: number[] = []
  readonly #answers: number[] = []
  readonly #expectedMs: number[] = []
  readonly #requests: number[] = []
  readonly #cheaperShare: number[] = []
  readonly #ownShare: number[] = []
  #decisions = 0
  #sinceRefresh = 0
  #overallMs = Number.NaN
  #version = 0

  /** Changes when anything of the below does. */
  get version(): number {
    return this.#version
  }

  /** Mean expected work of the requests of late, in ms; NaN while nothing is known. */
  get meanMs(): number {
    return this.#overallMs
  }

  /** Place of a route, which it keeps for good. */
  placeOf(route: number): number {
    const known = this.#placeOf[route]
    if (known !== undefined && known >= 0) return known
    if (route >= this.#placeOf.length) this.#growTo(route + 1)
    const place = this.#meanMs.push(Number.NaN) - 1
    this.#placeOf[route] = place
    this.#answers.push(0)
    this.#expectedMs.push(Number.NaN)
    this.#requests.push(0)
    this.#cheaperShare.push(Number.NaN)
    this.#ownShare.push(Number.NaN)
    return place
  }

  /** Expected work of a request in ms; NaN while no answer came. */
  expectedMs(place: number): number {
    return this.#expectedMs[place]!
  }

  /** Share of all work that is of routes of which a request is less work; NaN while nothing is known. */
  cheaperShare(place: number): number {
    return this.#cheaperShare[place]!
  }

  /** Share of all work that is of this route; NaN while nothing is known. */
  ownShare(place: number): number {
    return this.#ownShare[place]!
  }

  onDecision(place: number): void {
    this.#requests[place]!++
    if (++this.#decisions >= HALVE_AT) this.#halve()
    if (++this.#sinceRefresh >= REFRESH_EVERY) this.#refresh()
  }

  /** A request of the route was done, and was so much work. */
  onWork(place: number, workMs: number): void {
    const answers = Math.min(this.#answers[place]! + 1, MOST_ANSWERS)
    this.#answers[place] = answers
    const mean = this.#meanMs[place]!
    if (answers > 1) {
      this.#meanMs[place] = mean + (workMs - mean) / answers
      return
    }
    this.#meanMs[place] = workMs
    this.#refresh()
  }

  #refresh(): void {
    this.#sinceRefresh = 0
    this.#version++
    const count = this.#meanMs.length
    let work = 0
    let requests = 0
    for (let place = 0; place < count; place++) {
      if (this.#answers[place] === 0) continue
      this.#expectedMs[place] = quantize(this.#meanMs[place]!)
      work += this.#workOf(place)
      requests += this.#requests[place]!
    }
    if (!(work > 0)) return
    this.#overallMs = quantize(work / requests)
    for (let place = 0; place < count; place++) {
      if (this.#answers[place] === 0) continue
      const cost = this.#meanMs[place]!
      let cheaper = 0
      for (let other = 0; other < count; other++) {
        const otherCost = this.#meanMs[other]!
        if (otherCost < cost || (otherCost === cost && other < place)) cheaper += this.#workOf(other)
      }
      this.#cheaperShare[place] = quantize(cheaper / work)
      this.#ownShare[place] = quantize(this.#workOf(place) / work)
    }
  }

  #workOf(place: number): number {
    return this.#answers[place] === 0 ? 0 : this.#requests[place]! * this.#meanMs[place]!
  }

  #halve(): void {
    this.#decisions = 0
    for (let place = 0; place < this.#requests.length; place++) {
      this.#requests[place]! /= 2
      this.#decisions += this.#requests[place]!
    }
  }

  #growTo(routes: number): void {
    const grown = new Int32Array(Math.max(16, 2 * routes)).fill(-1)
    grown.set(this.#placeOf)
    this.#placeOf = grown
  }
}
