/** The rules for `capture` that no field breaks alone: something names the instance, and features are those there are. */
import { didYouMean } from '../core/index.ts'
import type { Problems } from './problems.ts'
import type { SourceDocument } from './source-document.ts'

export function checkCapture(
  document: SourceDocument,
  instanceFeatures: readonly string[],
  problems: Problems,
): void {
  const path = ['capture']
  // `capture: {}` is there; what is no map at all, the schema complains of.
  const capture = document.at(path)
  if (typeof capture !== 'object' || capture === null) return
  const keys = document.keysAt(path)
  if (!keys.includes('instanceHeader') && !keys.includes('instanceCookie')) {
    problems.add(document, path, 'expected instanceHeader or instanceCookie, got neither', 'key')
  }
  const queries = [...path, 'prometheus', 'queries']
  for (const feature of document.keysAt(queries)) {
    if (instanceFeatures.includes(feature)) continue
    const hint = didYouMean(feature, instanceFeatures) || `: use one of ${instanceFeatures.join(', ')}`
    problems.add(document, [...queries, feature], `unknown feature "${feature}"${hint}`, 'key')
  }
}
