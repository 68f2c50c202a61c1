/** What makes the records of a virtual run of the numbers that its world writes. */
import {
  type BatchServer,
  ExperienceLog,
  type ExperienceLogOptions,
  JsonlFile,
  type MeanRewards,
} from '../../experience/index.ts'
import type { DeciderDescription } from './decider-copy.ts'
import { EventReplay } from './log-events.ts'
import { ShareLog } from './share-log.ts'

export interface RecordingResults {
  readonly decisions: number
  readonly recorded: number
  readonly rewards: MeanRewards
}

export interface RecordingStart {
  readonly file: string
  readonly names: ExperienceLogOptions
}

/** @throws WorldError if the file cannot be made */
export async function openRecording({
  file: path,
  names,
}: RecordingStart): Promise<BatchServer<DeciderDescription, RecordingResults>> {
  const counts = names.services.map((service) => names.instances[service]!.length)
  const file = await JsonlFile.create(path)
  const whole = new ExperienceLog({ ...names, sink: file })
  const log = new ShareLog(whole)
  const replay = new EventReplay(log, names.services, counts)
  return {
    file,
    note: (decider) => replay.addDecider(decider),
    write: (batch, length) => replay.replay(batch, length),
    results: () => ({
      decisions: log.decisions,
      recorded: whole.recorded,
      rewards: whole.rewards.means(),
    }),
  }
}
