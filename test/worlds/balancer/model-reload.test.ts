/** Models that are read again while they serve: all of them, or the old ones serve on. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trainModel } from '../../../src/learning/index.ts'
import { type RunningAdminServer, startAdminServer } from '../../../src/worlds/balancer/admin-server.ts'
import { editModel, sealModel } from '../../learning/edited-model.ts'
import { syntheticRun, temporaryDirectory, writeRun } from '../../learning/synthetic-run.ts'
import { type Answer, ask } from './admin-client.ts'
import { SmallControl } from './small-control.ts'

async function train(output: string, seed: number, algorithm = 'q-learning'): Promise<void> {
  const directories = [writeRun(syntheticRun({ decisions: 400, seed }))]
  const hyperParameters = algorithm === 'dqn' ? { epochs: 1 } : {}
  await trainModel({ directories, algorithm, hyperParameters, seed, output })
}

let model: string
let control: SmallControl
let server: RunningAdminServer
const admin = (what: string): Promise<Answer> => ask(server.url, what)
const versions = (): string[] => control.services.map(({ router }) => router.policy.version)

beforeEach(async () => {
  model = join(temporaryDirectory(), 'model')
  await train(model, 1)
  control = new SmallControl(`model:${model}`)
  server = await startAdminServer({ control, port: 0 })
})
afterEach(() => server.close())

describe.each(['/api/v1/models/reload', '/rl/reload'])('POST %s', (path) => {
  it('takes the new model for all', async () => {
    const before = versions()
    await train(model, 2)
    expect((await admin(`POST ${path}`)).status).toBe(200)
    expect(new Set(versions()).size).toBe(1)
    expect(versions()).not.toEqual(before)
  })

  it.each<[string, string, RegExp]>([
    ['is damaged', '{', /not JSON/],
    ['was edited', '{"seed":7}', /train again/],
  ])('keeps the old one if the new one %s: 422 with the reason', async (_, content, reason) => {
    const before = versions()
    const policies = control.services.map(({ router }) => router.policy)
    writeFileSync(join(model, 'model.json'), content)
    const { status, json } = await admin(`POST ${path}`)
    expect(status).toBe(422)
    expect(json.error).toMatch(reason)
    expect(versions()).toEqual(before)
    expect(control.services.map(({ router }) => router.policy)).toEqual(policies)
    control.services[0]!.serve(200, 10)
    expect(control.services[0]!.traffic.replyLatency.count).toBe(1)
  })

  it('keeps the old one if the new one was made for other features', async () => {
    const before = versions()
    editModel(model, 'state_encoder.json', (encoder) => {
      encoder.instanceFeatures = (encoder.instanceFeatures as string[]).slice(1)
    })
    sealModel(model)
    const { status, json } = await admin(`POST ${path}`)
    expect([status, json.error]).toEqual([422, expect.stringMatching(/trained on other features/)])
    expect(versions()).toEqual(before)
  })

  it.each([
    ['linear-q', 'feature_rows.json', 'weights.json'],
    ['dqn', 'feature_rows.json', 'network.json'],
  ])(
    'takes a model of another kind (%s), and refuses one that does not fit',
    async (algorithm, rows, weights) => {
      await train(model, 2, algorithm)
      expect((await admin(`POST ${path}`)).status).toBe(200)
      expect(control.services[0]!.router.policy.id).toBe(`model(${algorithm})`)
      const taken = versions()
      const edits: readonly [string, Record<string, unknown>, RegExp][] = [
        [rows, { version: 9 }, /feature_rows.json: expected feature rows of version 1, got 9/],
        [rows, { contextFeatures: ['route'] }, /trained on other features: contextFeatures: .* missing/],
        [weights, { version: 9 }, /expected .*version 1, got 9/],
        ['model.json', { kind: 'oracle' }, /kind "oracle": this release knows tabular/],
        ['model.json', { formatVersion: 1 }, /expected loadgen-model version 2, got loadgen-model version 1/],
      ]
      for (const [name, change, reason] of edits) {
        await train(model, 3, algorithm)
        editModel(model, name, (value) => Object.assign(value, change))
        sealModel(model)
        const { status, json } = await admin(`POST ${path}`)
        expect([status, json.error]).toEqual([422, expect.stringMatching(reason)])
        expect(versions()).toEqual(taken)
      }
    },
  )

  it('where no model serves: 409, and what does', async () => {
    for (const service of control.services) service.preparePolicy('round-robin')()
    const { status, json } = await admin(`POST ${path}`)
    expect([status, json.error]).toEqual([409, expect.stringMatching(/cart uses round-robin/)])
  })
})
