/** What a reply is to be, compiled to a test of it: `expect` and `checks` of a flow. */
import type { Json, Reply } from '../core/index.ts'
import type { Expectation, Matcher, Scalar } from '../scenario/index.ts'
import { type Filled, filledJson, filledText, plainText, textOf, type Variables } from './flow-text.ts'
import { bodyText, type Taken, taken, takenFromJson } from './reply-values.ts'

/** `variables` are those of the pass that made the request; a test without templates needs none. */
export type ReplyTest = (reply: Reply, variables: Variables) => boolean

/** As k6 has it: whatever is neither an error of the client's nor of the server's. */
const isNoError = (status: number): boolean => status >= 200 && status < 400

/** Which statuses are no failure. */
export function acceptedStatuses(status: Expectation['status']): (status: number) => boolean {
  if (status === undefined) return isNoError
  const listed = new Set(status.filter((one) => typeof one === 'number'))
  const classes = new Set(status.filter((one) => typeof one === 'string').map((one) => Number(one[0])))
  return (actual) => listed.has(actual) || classes.has(Math.floor(actual / 100))
}

/** The conditions on what the reply holds, its status aside; undefined if there are none. */
export function contentTest({ contains, json = {}, headers = {} }: Expectation): ReplyTest | undefined {
  const tests: ReplyTest[] = []
  if (contains !== undefined) {
    const text = filled(contains)
    tests.push((reply, variables) => bodyText(reply).includes(text(variables)))
  }
  for (const [path, matcher] of Object.entries(json)) tests.push(valueTest(takenFromJson(path), matcher))
  for (const [header, matcher] of Object.entries(headers)) tests.push(valueTest(taken({ header }), matcher))
  if (tests.length === 0) return undefined
  return tests.length === 1 ? tests[0]! : (reply, variables) => tests.every((test) => test(reply, variables))
}

/** All that a check says, a status being asked for only where it says so. Without a reply it does not hold. */
export function checkTest(expectation: Expectation): ReplyTest {
  const accepts = expectation.status === undefined ? undefined : acceptedStatuses(expectation.status)
  const content = contentTest(expectation)
  return (reply, variables) =>
    reply.failure === undefined &&
    (accepts === undefined || accepts(reply.status)) &&
    (content === undefined || content(reply, variables))
}

function valueTest(value: Taken, matcher: Matcher): ReplyTest {
  const { exists, equals, contains, matches, atLeast, atMost } = matcher
  if (exists === false) return (reply) => value(reply) === undefined
  const tests: ((actual: Json, variables: Variables) => boolean)[] = []
  if (equals !== undefined) {
    const wanted = filledScalar(equals)
    tests.push((actual, variables) => isSame(actual, wanted(variables)))
  }
  if (contains !== undefined) {
    const part = filled(contains)
    tests.push((actual, variables) => holds(actual, part(variables)))
  }
  if (matches !== undefined) {
    const pattern = new RegExp(matches)
    tests.push((actual) => pattern.test(textOf(actual)))
  }
  if (atLeast !== undefined) tests.push((actual) => sizeOf(actual) >= atLeast)
  if (atMost !== undefined) tests.push((actual) => sizeOf(actual) <= atMost)
  return (reply, variables) => {
    const actual = value(reply)
    return actual !== undefined && tests.every((test) => test(actual, variables))
  }
}

/** A header is always text, and so is what a template puts together: `3` and `"3"` are the same to a script. */
function isSame(actual: Json, wanted: Json): boolean {
  if (actual === wanted) return true
  const isText = typeof actual === 'string' || typeof wanted === 'string'
  return (
    isText &&
    actual !== null &&
    wanted !== null &&
    typeof actual !== 'object' &&
    String(actual) === textOf(wanted)
  )
}

function holds(actual: Json, part: string): boolean {
  return Array.isArray(actual)
    ? actual.some((entry) => isSame(entry as Json, part))
    : textOf(actual).includes(part)
}

/** A number, or the length of what has one; NaN for the rest, which is neither at least nor at most anything. */
function sizeOf(actual: Json): number {
  if (typeof actual === 'number') return actual
  if (Array.isArray(actual)) return actual.length
  if (typeof actual !== 'string') return Number.NaN
  const number = Number(actual)
  return actual.trim() === '' || Number.isNaN(number) ? actual.length : number
}

function filled(text: string): Filled<string> {
  const plain = plainText(text)
  return filledText(text) ?? (() => plain)
}

function filledScalar(value: Scalar): Filled<Json> {
  return filledJson(value)
}
