/** From the faults and the chaos of a file to those of a resolved scenario. */
import type { ChaosWaveFile, FaultFile } from './fault-schema.ts'
import { fullServiceName } from './fields.ts'
import {
  type ChaosWave,
  type Fault,
  instanceIds,
  type Phase,
  type Scenario,
  SERVICES,
  type ServiceName,
} from './scenario.ts'
import { minutesToMs, secondsToMs } from './units.ts'
import type { FaultDeclaration } from './vocabulary.ts'

/** What the times and places of faults refer to. */
export interface FaultSetting {
  readonly phases: readonly Phase[]
  readonly shop: Scenario['shop']
  readonly kinds: readonly FaultDeclaration[]
}

export function resolveFault(file: FaultFile, setting: FaultSetting): Fault {
  return {
    kind: file.kind,
    instances: instancesOf(file, setting),
    share: file.share,
    ...windowOf(file, setting.phases),
    parameters: parametersOf(file, setting.kinds),
  }
}

export function resolveChaos(file: ChaosWaveFile, { phases, kinds }: FaultSetting): ChaosWave {
  const services = file.services?.map(fullServiceName) ?? SERVICES
  return {
    ...windowOf(file, phases),
    everyMs: secondsToMs(file.everySeconds),
    lengthMs: [secondsToMs(file.lastSeconds[0]), secondsToMs(file.lastSeconds[1])],
    services: SERVICES.filter((service) => services.includes(service)),
    share: file.share,
    faults: file.faults.map((fault) => ({ kind: fault.kind, parameters: parametersOf(fault, kinds) })),
  }
}

/** The ids that a fault names, or all of its service, or all there are. */
function instancesOf(file: FaultFile, { shop }: FaultSetting): string[] {
  if (file.instances !== undefined) return file.instances
  const services: readonly ServiceName[] =
    file.service === undefined ? SERVICES : [fullServiceName(file.service)]
  return services.flatMap((service) => instanceIds({ shop }, service))
}

export interface Window {
  readonly startMs: number
  readonly durationMs: number
}

/** @param file names no phase, or one that there is */
export function windowOf(
  file: Pick<FaultFile, 'phase' | 'startMinute' | 'durationMinutes'>,
  phases: readonly Phase[],
): Window {
  const phase = phases.find(({ name }) => name === file.phase)
  if (phase !== undefined) return { startMs: phase.startMs, durationMs: phase.durationMs }
  const startMs = minutesToMs(file.startMinute ?? 0)
  const endMs = Math.max(...phases.map((each) => each.startMs + each.durationMs))
  const durationMs = file.durationMinutes === undefined ? endMs - startMs : minutesToMs(file.durationMinutes)
  return { startMs, durationMs }
}

/** Every parameter of the kind: what the file says, or the default. */
export function parametersOf(
  file: { readonly kind: string; readonly [field: string]: unknown },
  kinds: readonly FaultDeclaration[],
): Record<string, number> {
  const { parameters } = kinds.find(({ name }) => name === file.kind)!
  return Object.fromEntries(
    parameters.map((parameter) => [parameter.name, (file[parameter.name] ?? parameter.default) as number]),
  )
}
