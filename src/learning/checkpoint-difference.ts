/** In what two plain values differ, field by field, in words: for messages. */

const MOST_TOLD = 5
const LONGEST_VALUE = 40

/** `seed: 1 there, 2 now`; at most a few of them, the rest counted. */
export function differencesBetween(there: object, now: object): string[] {
  const before = fieldsOf(there)
  const after = fieldsOf(now)
  const names = [...new Set([...before.keys(), ...after.keys()])]
  const differing = names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${shortened(before.get(name))} there, ${shortened(after.get(name))} now`)
  if (differing.length <= MOST_TOLD) return differing
  return [...differing.slice(0, MOST_TOLD), `and ${differing.length - MOST_TOLD} more`]
}

/** Fields by path; a list is one value. */
function fieldsOf(value: object, prefix = ''): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue
    if (field === null || typeof field !== 'object' || Array.isArray(field)) {
      fields.set(prefix + key, JSON.stringify(field))
      continue
    }
    for (const [path, text] of fieldsOf(field as object, `${prefix}${key}.`)) fields.set(path, text)
  }
  return fields
}

function shortened(text: string | undefined): string {
  if (text === undefined) return 'nothing'
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`
}
