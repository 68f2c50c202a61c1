/** The files that tell of a study: its report for people, and one comparison per load. */
import { join } from 'node:path'
import type { StudyResult } from '../../study/index.ts'
import { writeComparison } from '../write-comparison.ts'
import { writeAtomically } from '../write-summary.ts'
import { studiesTable } from './studies-table.ts'
import { curvesOf, studyHtml } from './study-html.ts'
import { markdownTable, studyMarkdown } from './study-markdown.ts'

/** @throws WorldError if the directory cannot be written */
export async function writeStudy(result: StudyResult): Promise<void> {
  const { directory, comparisons } = result
  const curves = curvesOf(result)
  for (const compared of comparisons) {
    await writeComparison(compared.directory, compared.comparison, { curves })
  }
  await writeAtomically(directory.markdown, studyMarkdown(result))
  await writeAtomically(directory.report, await studyHtml(result))
}

/**
 * The table over several studies, beside their directories.
 *
 * @returns the path of the file
 * @throws WorldError if it cannot be written
 */
export async function writeStudiesTable(folder: string, results: readonly StudyResult[]): Promise<string> {
  const path = join(folder, 'studies.md')
  const note =
    'The model on trial of each study beside its opponent on the same seeds: the best heuristic, unless the study names one. ' +
    'Ratio: penalized latency, paired by seed.'
  await writeAtomically(
    path,
    ['# Studies', '', note, '', ...markdownTable(studiesTable(results)), ''].join('\n'),
  )
  return path
}
