/** Values in replies: where the script of a flow says that they stand. */
import type { Json, Reply } from '../core/index.ts'
import { jsonPathSteps, type Source } from '../scenario/index.ts'

/** Takes a value out of a reply; undefined where it is not there. */
export type Taken = (reply: Reply) => Json | undefined

export function taken(source: Source): Taken {
  if ('json' in source) return takenFromJson(source.json)
  if ('header' in source) return ({ headers }) => headers?.[source.header]
  const pattern = new RegExp(source.text)
  return (reply) => {
    const match = pattern.exec(bodyText(reply))
    return match === null ? undefined : (match[1] ?? match[0])
  }
}

export function takenFromJson(path: string): Taken {
  const steps = jsonPathSteps(path)!
  return (reply) => {
    let value = reply.body
    for (const step of steps) {
      if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined
      value = (value as Readonly<Record<string, Json>>)[step]
    }
    return value
  }
}

/** In the virtual world bodies are values and have no text of their own. */
export function bodyText({ text, body }: Reply): string {
  return text ?? (body === undefined ? '' : JSON.stringify(body))
}
