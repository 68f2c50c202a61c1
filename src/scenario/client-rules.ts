/** The rules for `client` that no field breaks alone: what belongs together, and what another part of the file rules out. */
import type { Problems } from './problems.ts'
import type { SourceDocument } from './source-document.ts'

export function checkClient(document: SourceDocument, problems: Problems): void {
  const path = ['client']
  const tls = [...path, 'tls']
  const files = document.keysAt(tls).filter((key) => key === 'certFile' || key === 'keyFile')
  if (files.length === 1) {
    const missing = files[0] === 'certFile' ? 'keyFile' : 'certFile'
    problems.add(document, [...tls, files[0]!], `expected ${missing} beside it, got none`, 'key')
  }
  if (document.at(['capture']) === undefined) return
  if (document.at([...path, 'traceHeaders']) === false) {
    const text = 'expected true, for capture knows its requests by them, got false'
    problems.add(document, [...path, 'traceHeaders'], text)
  }
  const redirects = document.at([...path, 'redirects'])
  if (typeof redirects === 'number' && redirects > 0) {
    const text = `expected 0, for with capture every request is one decision, got ${redirects}`
    problems.add(document, [...path, 'redirects'], text)
  }
}
