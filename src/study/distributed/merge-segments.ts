/** From the segments of a distributed run to one run, which is then trained on and compared like any other. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { learn } from '../learn-from-run.ts'
import { mergeRuns } from '../merge-runs/merge-runs.ts'
import type { RunDirectory } from '../run-directory.ts'
import { openRunLog } from '../run-log.ts'
import type { FinishedRun, RunScenarioOptions } from '../run-scenario.ts'
import { segmentName } from '../segments/segment.ts'
import type { GatheredSegments } from './coordinator.ts'
import type { DistributedPlan, SegmentOutcome } from './distributed-plan.ts'

export interface GatheredRun extends GatheredSegments {
  readonly plan: DistributedPlan
  readonly directory: RunDirectory
}

/** The folders of segments are removed when all that was in them is in the merged run. */
export async function mergeSegments(
  { plan, directory, outcomes, problems }: GatheredRun,
  options: RunScenarioOptions,
): Promise<FinishedRun> {
  const log = openRunLog(directory.log)
  log.info({ plan: plan.planHash, segments: outcomes, problems }, 'gathered')
  const isWhole = problems.length === 0 && outcomes.every((one) => !one.interrupted && one.stopped === null)
  const { summary } = await mergeRuns({
    directories: outcomes.map(({ index }) => segmentFolder(plan, index)),
    into: directory,
    partial: !isWhole,
    warnings: [...problems, ...outcomes.flatMap((one) => remarks(one, plan))],
  })
  for (const warning of summary.warnings) log.warn(warning)
  if (isWhole && outcomes.every(({ kept }) => kept.length === 0)) rmSync(plan.folder, { recursive: true })
  return { directory, summary: await learn(summary, options, directory, log) }
}

/** Where the segment is, on the machine of the coordinator. */
export function segmentFolder({ folder, segments }: DistributedPlan, index: number): string {
  return join(folder, segmentName({ index, count: segments }))
}

function remarks(
  { index, attempt, host, folder, kept }: SegmentOutcome,
  { segments }: DistributedPlan,
): string[] {
  const which = `segment ${index + 1} of ${segments}`
  return [
    ...(attempt > 1
      ? [`${which} was done again, on ${host}: whoever had it first did not bring it to its end`]
      : []),
    ...(kept.length > 0
      ? [`${kept.join(' and ')} of ${which} was too large to be sent: it is in ${folder} on ${host}`]
      : []),
  ]
}
