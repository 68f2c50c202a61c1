/** One pass of a user through a flow, as a process: request after request, each with its pause. */
import type { Json, Process, Reply } from '../core/index.ts'
import { type FlowBehavior, type FlowRequest, variablesIn } from '../scenario/index.ts'
import { DataFeed } from './flow-data.ts'
import { NO_VARIABLES, ScriptedRequest } from './flow-request.ts'
import type { SessionContext, SessionResult } from './session.ts'
import { thinkMs } from './think-time.ts'

/** A flow compiled: as often as it runs, it is read once. */
interface Script {
  readonly requests: readonly ScriptedRequest[]
  /** Whether a pass has anything to remember. */
  readonly hasVariables: boolean
  readonly completed: SessionResult
  readonly feed: DataFeed | undefined
}

const scripts = new WeakMap<FlowBehavior, Script>()

export function* flow(context: SessionContext, behavior: FlowBehavior): Process<SessionResult> {
  const { requests, hasVariables, completed, feed } = scriptOf(behavior, context)
  const variables = hasVariables ? builtIn(context) : (NO_VARIABLES as Map<string, Json>)
  feed?.fill(variables, context)
  for (let i = 0; i < requests.length; i++) {
    const request = requests[i]!
    const step = request.step(variables)
    const reply = (yield step) as Reply
    if (request.looks && !request.look(step, reply, variables, context)) return ended(i + 1)
    if (request.thinks) yield { kind: 'pause', ms: thinkMs(context, request.thinkTimeSeconds) }
  }
  return completed
}

function scriptOf(behavior: FlowBehavior, { scenario }: SessionContext): Script {
  let script = scripts.get(behavior)
  if (script === undefined) {
    const requests = behavior.requests.map(
      (request) => new ScriptedRequest(request, behavior, isTemplated(request)),
    )
    const { data, name } = behavior
    const feed = data && new DataFeed(data, name, scenario.seed)
    const captures = behavior.requests.some(({ capture }) => Object.keys(capture).length > 0)
    const hasVariables = data !== undefined || captures || behavior.requests.some(isTemplated)
    script = { requests, hasVariables, completed: ended(requests.length), feed }
    scripts.set(behavior, script)
  }
  return script
}

function isTemplated({ path, headers, body, expect, checks }: FlowRequest): boolean {
  return variablesIn([path, headers, body, expect, checks]).length > 0
}

/** What every template knows. */
function builtIn({ number, visits, random }: SessionContext): Map<string, Json> {
  return new Map<string, Json>([
    ['user', number],
    ['iteration', visits - 1],
    ['random', Math.floor(random() * 1_000_000_000)],
  ])
}

function ended(pages: number): SessionResult {
  return { signedIn: true, ordered: false, pages }
}
