/** A capture with all that belongs to it: the log, and the polls of those who know more than the client. */
import { type DatasetDescription, ExperienceLog, type LineSink } from '../../../experience/index.ts'
import type { InstanceFeature } from '../../../routing/index.ts'
import { type CaptureSettings, type Scenario, SERVICES, type ServiceName } from '../../../scenario/index.ts'
import { endpoints, RouteTable } from '../../../shop/index.ts'
import { ClientPolicy } from '../../../traffic/index.ts'
import { describeDataset } from '../../recording.ts'
import { adminQuestions } from './admin-state.ts'
import { Capture } from './capture.ts'
import { featureSources } from './feature-sources.ts'
import { instanceId } from './instance-name.ts'
import { prometheusQuestions } from './prometheus.ts'
import { StatePoll } from './state-poll.ts'
import { ToldFeatures } from './told-features.ts'

/** What was told so many polls ago is not known any more. */
const FRESH_POLLS = 3

/** Bearer tokens of the servers that are polled, as far as they want one. */
export interface CaptureTokens {
  readonly prometheus: string | undefined
  readonly admin: string | undefined
}

export interface StartCaptureOptions {
  readonly run: string
  readonly scenario: Scenario
  readonly settings: CaptureSettings
  readonly tokens: CaptureTokens
  readonly sink: LineSink
  readonly now: () => number
  /** A further instance is known: `dataset.json` is to name it. */
  readonly onInstance: () => void
}

export interface RunningCapture {
  readonly capture: Capture
  readonly told: ToldFeatures
  readonly log: ExperienceLog
  readonly prometheus: StatePoll | undefined
  readonly admin: StatePoll | undefined
  /** Ends the polls and writes what is left to write. */
  close(): Promise<void>
}

export function startCapture(options: StartCaptureOptions): RunningCapture {
  const { settings, sink, now, onInstance } = options
  const told = new ToldFeatures()
  const log = new ExperienceLog({ ...logNames(options), sink })
  const capture = new Capture({ settings, told, log, now, onInstance })
  const { prometheus, admin } = createStatePolls(settings, options.tokens, told, now)
  prometheus?.start()
  admin?.start()
  const close = async (): Promise<void> => {
    await Promise.all([prometheus?.close(), admin?.close()])
    capture.close(now())
  }
  return { capture, told, log, prometheus, admin, close }
}

/** The polls that the settings ask for; none has been started. */
export function createStatePolls(
  settings: CaptureSettings,
  tokens: CaptureTokens,
  told: ToldFeatures,
  now: () => number,
): { readonly prometheus: StatePoll | undefined; readonly admin: StatePoll | undefined } {
  const sources = featureSources(settings)
  const teller =
    (source: 'prometheus' | 'admin', pollMs: number) =>
    (service: string, name: string, feature: string, value: number): void => {
      const id = instanceId(name, settings.instances[service as ServiceName]) ?? name
      if (sources[feature] !== source) return
      told.tell(service, id, feature as InstanceFeature, value, now() + FRESH_POLLS * pollMs)
    }
  return {
    prometheus:
      settings.prometheus === null
        ? undefined
        : new StatePoll({
            ...settings.prometheus,
            token: tokens.prometheus,
            questions: prometheusQuestions(
              settings.prometheus,
              SERVICES,
              teller('prometheus', settings.prometheus.pollMs),
            ),
          }),
    admin:
      settings.admin === null
        ? undefined
        : new StatePoll({
            ...settings.admin,
            token: tokens.admin,
            questions: adminQuestions(teller('admin', settings.admin.pollMs)),
          }),
  }
}

/** The contents of `dataset.json`, with the instances that are known by now. */
export function describeCaptured(
  run: string,
  scenario: Scenario,
  settings: CaptureSettings,
  capture: Capture,
): DatasetDescription {
  return {
    ...describeDataset(run, scenario, 'client'),
    instanceFeaturesFrom: featureSources(settings),
    services: capture.instances,
  }
}

function logNames({ run, scenario }: StartCaptureOptions) {
  return {
    run,
    services: SERVICES,
    instances: Object.fromEntries(SERVICES.map((service) => [service, []])),
    routes: new RouteTable(endpoints).names,
    phases: scenario.phases.map((phase) => phase.name),
    profiles: Object.keys(scenario.behaviors),
    reward: scenario.reward,
    repeats: !new ClientPolicy(scenario.client).single,
  }
}
