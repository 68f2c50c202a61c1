/** The manifests keep the rules of the API, belong together, and carry all that the scenario needs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  type KubernetesOptions,
  kubernetesManifests,
  loadScenario,
  scenarioHash,
} from '../../../src/scenario/index.ts'
import { jobName } from '../../../src/scenario/kubernetes/names.ts'
import { leastSegments, podResources } from '../../../src/scenario/kubernetes/pod-resources.ts'
import { folderOf, MINIMAL, messageOf, vocabulary } from '../scenario-files.ts'
import { type Manifest, manifestSchema } from './api-schema.ts'

const LOAD = { peakUsers: 400, requestsPerSecond: 1_000, durationMs: 120_000 }

const HASTY = `
name: hasty
description: In and out
requests:
  - { name: home, get: /home }
`

function made(folder: string, changes: Partial<KubernetesOptions> = {}) {
  const source = path.join(folder, 'scenarios/scenario.yaml')
  const { scenario } = loadScenario(source, { vocabulary })
  const result = kubernetesManifests({
    scenario,
    source,
    target: 'http://gateway.shop.svc:8080',
    segments: 4,
    image: 'registry.example/loadgen:1',
    load: LOAD,
    resultsGibibytes: 2,
    ...changes,
  })
  const manifests = result.files.map(({ text }) => manifestSchema.parse(parse(text)))
  return { ...result, scenario, manifests }
}

function folder(files: Readonly<Record<string, string>> = {}): string {
  return folderOf({ 'scenarios/scenario.yaml': MINIMAL, ...files })
}

function ofKind<K extends Manifest['kind']>(manifests: readonly Manifest[], kind: K) {
  return manifests.filter((manifest) => manifest.kind === kind) as Extract<Manifest, { kind: K }>[]
}

describe('manifests', () => {
  it('are of the four kinds, in the order in which they are applied', () => {
    const { files, manifests, remarks } = made(folder(), { namespace: 'load-tests' })
    expect(files.map(({ name }) => name)).toEqual([
      '00-namespace.yaml',
      '10-scenario.yaml',
      '20-results.yaml',
      '30-load.yaml',
      '40-merge.yaml',
    ])
    expect(remarks).toEqual([])
    for (const { metadata, kind } of manifests) {
      if (kind !== 'Namespace') expect(metadata).toMatchObject({ namespace: 'load-tests' })
    }
  })

  it('have a namespace only if one is named', () => {
    const { files, manifests } = made(folder())
    expect(files).toHaveLength(4)
    for (const { metadata } of manifests) expect(metadata).not.toHaveProperty('namespace')
    expect(() => made(folder(), { namespace: 'Load Tests' })).toThrow('expected lower-case letters')
  })

  it('start as many pods as there are segments, all at once, and none twice', () => {
    const [load, merge] = ofKind(made(folder(), { segments: 7 }).manifests, 'Job')
    expect(load!.spec).toMatchObject({
      completionMode: 'Indexed',
      completions: 7,
      parallelism: 7,
      backoffLimitPerIndex: 0,
    })
    for (const { spec } of [load!, merge!]) {
      expect(spec.template.spec.containers[0]!.env).toContainEqual({ name: 'SEGMENTS', value: '7' })
      expect(spec.activeDeadlineSeconds).toBeGreaterThan(LOAD.durationMs / 1000)
    }
    expect(merge!.spec.activeDeadlineSeconds).toBeGreaterThan(load!.spec.activeDeadlineSeconds)
  })

  it('refer only to what is there', () => {
    const { manifests } = made(folder())
    const maps = ofKind(manifests, 'ConfigMap').map(({ metadata }) => metadata.name)
    const claims = ofKind(manifests, 'PersistentVolumeClaim').map(({ metadata }) => metadata.name)
    for (const { spec } of ofKind(manifests, 'Job')) {
      const { volumes, containers, topologySpreadConstraints = [] } = spec.template.spec
      for (const volume of volumes) {
        if ('configMap' in volume) expect(maps).toContain(volume.configMap.name)
        else expect(claims).toContain(volume.persistentVolumeClaim.claimName)
      }
      const names = volumes.map(({ name }) => name)
      for (const { volumeMounts } of containers) {
        expect(volumeMounts.map(({ name }) => name).sort()).toEqual(names.sort())
      }
      for (const { labelSelector } of topologySpreadConstraints) {
        expect(spec.template.metadata.labels).toEqual(labelSelector.matchLabels)
      }
    }
  })

  it('say above the fields what is to be changed', () => {
    const load = made(folder()).files.find(({ name }) => name === '30-load.yaml')!
    expect(load.text).toMatch(/# To change: an image [^\n]*\n +image: registry\.example/)
    expect(load.text).toMatch(/# A segment that is sent twice[^\n]*\n +backoffLimitPerIndex: 0/)
  })

  it('quote what a shell would take apart', () => {
    const { manifests } = made(folder(), { target: "http://gw/a'b;c&d=$(x)" })
    const [, , script] = ofKind(manifests, 'Job')[0]!.spec.template.spec.containers[0]!.command
    expect(script).toContain(`--target 'http://gw/a'\\''b;c&d=$(x)'`)
  })

  it('warn of a target that is the pod itself, and of too few segments', () => {
    const load = { ...LOAD, requestsPerSecond: 20_000 }
    expect(made(folder(), { target: 'http://127.0.0.1:80', load }).remarks).toEqual([
      expect.stringContaining('inside of a pod that is the pod itself'),
      expect.stringMatching(/4 segments: one process can hardly make 5000 requests\/s: take 8 or more/),
    ])
  })
})

describe('the files of the scenario', () => {
  it('are the same scenario where the pod sees them, with behaviours and all', () => {
    const { manifests, scenario } = made(
      folderOf({
        'scenarios/scenario.yaml': MINIMAL.replace('quick-browser: 1', 'quick-browser: 0.5, hasty: 0.5'),
        'behaviors/hasty.yaml': HASTY,
      }),
    )
    const [map] = ofKind(manifests, 'ConfigMap')
    const { volumes, containers } = ofKind(manifests, 'Job')[0]!.spec.template.spec
    const [volume] = volumes.filter((one) => 'configMap' in one)
    const pod = mkdtempSync(path.join(tmpdir(), 'loadgen-pod-'))
    try {
      for (const { key, path: place } of volume!.configMap.items) {
        mkdirSync(path.dirname(path.join(pod, place)), { recursive: true })
        writeFileSync(path.join(pod, place), map!.data[key]!)
      }
      expect(volume!.configMap.items.map((item) => item.path)).toEqual([
        'scenarios/scenario.yaml',
        'behaviors/hasty.yaml',
      ])
      const config = /--config \/scenario\/(\S+)/.exec(containers[0]!.command[2]!)![1]!
      const there = loadScenario(path.join(pod, config), { vocabulary })
      expect(scenarioHash(there.scenario)).toBe(scenarioHash(scenario))
    } finally {
      rmSync(pod, { recursive: true })
    }
  })

  it('take traces along, text or not', () => {
    const replay = MINIMAL.replace(
      'users: 4, behaviors: { quick-browser: 1 }',
      'executor: { kind: trace-replay, file: ../day.csv.gz }',
    )
    const own = folder({ 'scenarios/scenario.yaml': replay })
    const trace = gzipSync('time,method,path\n1,GET,/a\n2,GET,/b\n')
    writeFileSync(path.join(own, 'day.csv.gz'), trace)
    const [map] = ofKind(made(own).manifests, 'ConfigMap')
    expect(Object.keys(map!.data)).toEqual(['scenarios_scenario.yaml'])
    expect(Buffer.from(map!.binaryData!['day.csv.gz']!, 'base64')).toEqual(trace)
  })

  it('must fit into a ConfigMap', () => {
    const large = MINIMAL.replace('One phase', 'x'.repeat(1024 * 1024))
    expect(messageOf(() => made(folder({ 'scenarios/scenario.yaml': large })))).toMatch(
      /have 1\d+ bytes, and a ConfigMap takes 1048576: put the largest, scenario\.yaml, into the image/,
    )
  })

  it('take certificates along, and leave private keys out', () => {
    const tls = 'client: { tls: { caFile: ca.pem, certFile: own.pem, keyFile: own.key } }\n'
    const { manifests, remarks } = made(
      folder({
        'scenarios/scenario.yaml': MINIMAL + tls,
        'scenarios/ca.pem': 'CA',
        'scenarios/own.pem': 'OWN',
        'scenarios/own.key': 'SECRET',
      }),
    )
    const [map] = ofKind(manifests, 'ConfigMap')
    expect(map!.data).toMatchObject({ 'ca.pem': 'CA', 'own.pem': 'OWN' })
    expect(JSON.stringify(manifests)).not.toContain('SECRET')
    expect(remarks).toEqual([expect.stringContaining('a private key does not belong in a ConfigMap')])
  })
})

describe('names', () => {
  it('are labels for pods too, whatever a scenario is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 90 }), (name) => {
        expect(`${jobName(name)}-1000-abcde`).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/)
        expect(`${jobName(name)}-scenario`.length).toBeLessThanOrEqual(63)
      }),
    )
    expect(jobName('Black Friday: Ünit #2')).toBe('loadgen-black-friday-u-nit-2')
  })
})

describe('resources', () => {
  it('grow with the share of the load', () => {
    const half = podResources(LOAD, 2) as { requests: { cpu: string; memory: string } }
    const tenth = podResources(LOAD, 10) as { requests: { cpu: string; memory: string } }
    expect(half.requests).toEqual({ cpu: '250m', memory: '192Mi' })
    expect(tenth.requests).toEqual({ cpu: '150m', memory: '192Mi' })
    expect(leastSegments({ ...LOAD, requestsPerSecond: 0 })).toBe(1)
  })
})
