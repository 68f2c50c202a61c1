/** Plain values as YAML, with comments above some of the fields. */
import { Document, isMap, isScalar, Scalar, visit } from 'yaml'

/** Path of keys and indices, by dots, to what is said about it: `spec.completions`. */
export type YamlComments = Readonly<Record<string, string>>

/** @param head said at the top */
export function commentedYaml(value: object, head: string, comments: YamlComments): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  document.commentBefore = hashed(head)
  for (const [place, comment] of Object.entries(comments)) {
    const path = place.split('.')
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
      : undefined
    if (pair === undefined) throw new Error(`there is no ${place} to comment on`)
    ;(pair.key as Scalar).commentBefore = hashed(comment)
  }
  // Scripts and files as they are, line by line.
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.includes('\n')) node.type = Scalar.BLOCK_LITERAL
    },
  })
  return document.toString({ lineWidth: 0 })
}

function hashed(text: string): string {
  return text
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n')
}
